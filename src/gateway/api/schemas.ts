import { z } from 'zod';
import { deviceAuthorizationSchema } from '../oauth/device-authorization.ts';

// Everything that crosses the API, in one place: what validates is what `/openapi.json` shows.

const time = z.iso.datetime();

export const mvpdSchema = z
  .object({
    id: z.string(),
    displayName: z.string().optional(),
    logoUrl: z.string().optional(),
  })
  .meta({ id: 'Mvpd' });

/** What a TV may name when it chooses a provider. */
export const chosenMvpdSchema = z
  .object({
    id: z.string().trim().min(1).max(100),
    displayName: z.string().max(200).optional(),
    logoUrl: z
      .url({ protocol: /^https?$/ })
      .max(1_000)
      .optional(),
  })
  .meta({ id: 'ChosenMvpd' });

export const mvpdsSchema = z
  .object({
    mvpds: z.array(
      z.object({
        id: z.string(),
        displayName: z.string(),
        logoUrl: z.string().optional(),
        isTempPass: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Mvpds' });

export const sessionSchema = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('pending'),
      userCode: z.string(),
      expiresAt: time,
      /** The provider's page, once a provider is chosen. */
      url: z.string().optional(),
      mvpd: mvpdSchema.optional(),
    }),
    z.object({
      status: z.literal('signed-in'),
      mvpd: mvpdSchema,
      type: z.string(),
      expiresAt: time,
      /** Metadata of the viewer, as Adobe gives it; for a viewer's token only. */
      attributes: z.record(z.string(), z.unknown()).optional(),
    }),
    z.object({
      status: z.literal('signed-out'),
      reason: z.string(),
      mvpd: mvpdSchema.optional(),
    }),
  ])
  .meta({ id: 'Session' });

const resource = z.string().trim().min(1).max(1_000);

export const preauthorizeSchema = z
  .object({ resources: z.array(resource).min(1).max(500) })
  .meta({ id: 'PreauthorizeRequest' });

const denial = {
  code: z.string(),
  action: z.string(),
  message: z.string(),
  details: z.string().optional(),
  trace: z.string().optional(),
};

export const decisionsSchema = z
  .object({
    decisions: z.array(
      z.object({
        resource: z.string(),
        authorized: z.boolean(),
        source: z.string().optional(),
        error: z.object(denial).optional(),
      }),
    ),
  })
  .meta({ id: 'Decisions' });

export const authorizeSchema = z.object({ resource }).meta({ id: 'AuthorizeRequest' });

/** A denial is an answer, not an error. */
export const playSchema = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('permitted'),
      resource: z.string(),
      mvpd: z.string(),
      source: z.string(),
      mediaToken: z.object({ value: z.string(), notBefore: time, notAfter: time }),
    }),
    z.object({
      status: z.literal('denied'),
      resource: z.string(),
      mvpd: z.string(),
      ...denial,
    }),
  ])
  .meta({ id: 'Play' });

export const logoutRequestSchema = z
  .object({
    /** Where the provider's page returns to; its host must be in the app's software statement. */
    redirectUrl: z.url().max(2_000).optional(),
  })
  .nullish()
  .meta({ id: 'LogoutRequest' });

export const logoutSchema = z
  .object({
    status: z.literal('signed-out'),
    actions: z.array(
      z.object({
        mvpd: z.string(),
        actionName: z.string(),
        actionType: z.string(),
        url: z.string().optional(),
        /** What the app does: open `url` in a browser, point to the system's settings, or nothing. */
        todo: z.enum(['open-url', 'system-settings', 'nothing']),
      }),
    ),
  })
  .meta({ id: 'Logout' });

export const authenticateSchema = z
  .object({
    mvpd: chosenMvpdSchema,
    /** `same`: the provider's page opens on this device. */
    screen: z.enum(['same', 'second']).default('same'),
    /** Where that page returns to; its host must be in the app's software statement. */
    redirectUrl: z.url().max(2_000).optional(),
  })
  .meta({ id: 'AuthenticateRequest' });

export const authenticatedSchema = z
  .object({
    authorization: deviceAuthorizationSchema,
    session: sessionSchema,
  })
  .meta({ id: 'Authenticated' });

export const codeSchema = z.object({ code: z.string().min(1).max(40) });

export const checkedCodeSchema = z
  .object({
    status: z.literal('known'),
    /** The TV, as the provider's page will name it. */
    device: z.record(z.string(), z.unknown()),
    expiresAt: time.optional(),
    missingParameters: z.array(z.string()),
    mvpd: z.string().optional(),
    /** Whether TV and phone seem to be in one household; absent where that can't be told. */
    sameNetwork: z.boolean().optional(),
    /** The provider's page, if nothing is missing. */
    url: z.string().optional(),
  })
  .meta({ id: 'CheckedCode' });

export const chooseSchema = z.object({ mvpd: chosenMvpdSchema }).meta({ id: 'ChooseRequest' });
