import { z } from 'zod';
import { logoutSchema, mvpdSchema } from './schemas.ts';

const time = z.iso.datetime();
const id = z.string().meta({ description: 'Of the TV, for this part of the API' });

export const householdTvsSchema = z
  .object({
    tvs: z.array(
      z
        .object({
          id,
          name: z.string().optional().meta({ description: 'As the household calls it' }),
          model: z.string(),
          appName: z.string().optional().meta({ description: 'The app on it, as viewers know it' }),
          lastSeenAt: time,
          isThis: z.boolean().meta({ description: 'The TV that asks' }),
          signedIn: z
            .object({ mvpd: mvpdSchema, type: z.string(), expiresAt: time })
            .meta({ id: 'HouseholdSignIn', description: 'With whom, and until when' })
            .optional()
            .meta({ description: 'Absent: nobody is signed in on it' }),
        })
        .meta({ id: 'HouseholdTv', description: 'One TV, with one app' }),
    ),
  })
  .meta({ id: 'HouseholdTvs', description: 'The TVs of the household' });

export const renameSchema = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .meta({ description: '60 characters at most, on one line; empty: no name' }),
  })
  .meta({ id: 'NameTvRequest', description: 'How the household calls a TV' });

export const renamedSchema = z
  .object({ id, name: z.string() })
  .meta({ id: 'NamedTv', description: 'The TV with its name' });

export const householdSignedOutSchema = z
  .object({
    tvs: z.array(
      z
        .object({
          id,
          status: z.enum(['signed-out', 'failed']).meta({
            description: '`failed`: the TV could not be told; `problem` says why. Ask again.',
          }),
          actions: logoutSchema.shape.actions,
          problem: logoutSchema.shape.problem,
        })
        .meta({ id: 'SignedOutTv', description: 'What became of one TV' }),
    ),
  })
  .meta({ id: 'HouseholdSignedOut', description: 'What became of each TV' });
