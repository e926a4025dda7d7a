import { z } from 'zod';
import { deviceAuthorizationSchema } from '../oauth/device-authorization.ts';
import { redirectUrlSchema, RETURNS, sessionSchema } from './schemas.ts';

// Sign-in by a partner's framework, as it crosses the API.

const inPlaceOfIt = {
  screen: z.enum(['same', 'second']).default('second').meta({
    description: 'Of a code in place of it; same: the provider’s page opens on this device',
  }),
  redirectUrl: redirectUrlSchema.meta({ description: RETURNS }),
};

export const partnerSignInSchema = z
  .strictObject(inPlaceOfIt)
  .meta({ id: 'PartnerSignInRequest', description: 'May be left out' })
  .nullish();

export const partnerResponseSchema = z
  .strictObject({
    samlResponse: z.string().min(1).max(100_000).meta({
      description: 'What the framework answered: XML as it came, or Base64 of it',
    }),
    ...inPlaceOfIt,
  })
  .meta({ id: 'PartnerResponseRequest', description: 'The answer of the framework' });

const partnerRequestSchema = z
  .object({
    status: z.literal('partner'),
    partner: z.string().meta({ description: 'Whose framework is to be asked: Apple' }),
    authenticationRequest: z
      .object({
        type: z.string().meta({ description: 'saml' }),
        request: z
          .string()
          .meta({ description: 'Base64; Apple’s framework takes it as `verificationToken`' }),
        attributesNames: z
          .array(z.string())
          .meta({ description: 'What the framework is to tell: `attributeNames`' }),
      })
      .meta({
        id: 'AuthenticationRequest',
        description: 'For the framework, as it is; for one use',
      }),
    mvpd: z.string().optional().meta({ description: 'The id of the viewer’s provider' }),
  })
  .meta({ id: 'PartnerRequest', description: 'Ask the framework, and send its answer.' });

const partnerSettledSchema = z
  .object({
    status: z.literal('settled'),
    authorization: deviceAuthorizationSchema,
    session: sessionSchema,
  })
  .meta({
    id: 'PartnerSettled',
    description: 'Signed in already, or with a code in place of it: as after /v1/authenticate.',
  });

export const partnerSignInAnswerSchema = z
  .discriminatedUnion('status', [partnerRequestSchema, partnerSettledSchema])
  .meta({ id: 'PartnerSignIn', description: 'What became of the sign-in by the framework' });
