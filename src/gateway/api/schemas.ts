import { z } from 'zod';
import { deviceAuthorizationSchema } from '../oauth/device-authorization.ts';
import { actionSchema, reasonSchema } from './open-enums.ts';

// Everything that crosses the API, in one place: what validates is what `/openapi.json` shows.

const time = z.iso.datetime();
const expiresIn = z
  .number()
  .int()
  .min(0)
  .meta({ description: 'Seconds from now: for TVs with a wrong clock' });

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

const installation = {
  installationId: z
    .string()
    .optional()
    .meta({ description: 'Of /v1/session: by this operators find the TV' }),
};

export const sessionSchema = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('pending'),
      userCode: z.string(),
      expiresAt: time,
      expiresIn,
      /** The provider's page, once a provider is chosen. */
      url: z.string().optional(),
      mvpd: mvpdSchema.optional(),
      ...installation,
    }),
    z.object({
      status: z.literal('signed-in'),
      mvpd: mvpdSchema,
      type: z.string(),
      expiresAt: time,
      expiresIn,
      /** Metadata of the viewer, as Adobe gives it; for a viewer's token only. */
      attributes: z.record(z.string(), z.unknown()).optional(),
      ...installation,
    }),
    z.object({
      status: z.literal('signed-out'),
      reason: reasonSchema,
      mvpd: mvpdSchema.optional(),
      ...installation,
    }),
  ])
  .meta({ id: 'Session' });

const [, signedInSchema, signedOutSchema] = sessionSchema.options;
const eventId = z.string().meta({ description: 'Names the change, for Last-Event-ID' });

/** One server-sent event, its `data` read as JSON. */
export const eventSchema = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('code'), id: eventId, data: deviceAuthorizationSchema }),
    z.object({ event: z.literal('signed-in'), id: eventId, data: signedInSchema }),
    z.object({ event: z.literal('signed-out'), id: eventId, data: signedOutSchema }),
  ])
  .meta({ id: 'Event', description: 'One server-sent event; `data` is JSON on one line.' });

/** As long as the workflow takes them: one may be a whole MRSS document. */
const resource = z.string().trim().min(1).max(4_096);

export const preauthorizeSchema = z
  .object({ resources: z.array(resource).min(1).max(500) })
  .meta({ id: 'PreauthorizeRequest' });

const denial = {
  code: z.string(),
  action: actionSchema,
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
      mediaToken: z.object({ value: z.string(), notBefore: time, notAfter: time, expiresIn }),
    }),
    z.object({
      status: z.literal('denied'),
      resource: z.string(),
      mvpd: z.string(),
      ...denial,
    }),
  ])
  .meta({ id: 'Play' });

const redirectUrl = z.url().max(2_000).optional();
const RETURNS =
  'Where the provider’s page returns to: https, on a host of the app’s software statement.';

export const logoutRequestSchema = z
  .object({ redirectUrl: redirectUrl.meta({ description: RETURNS }) })
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
    problem: z
      .object({
        code: z.string(),
        action: actionSchema,
        message: z.string(),
        trace: z.string().optional(),
      })
      .optional()
      .meta({
        description:
          'What could not be done at Adobe. The viewer is signed out here all the same; there is nothing to repeat.',
      }),
  })
  .meta({ id: 'Logout' });

export const authenticateSchema = z
  .object({
    mvpd: chosenMvpdSchema,
    screen: z
      .enum(['same', 'second'])
      .default('same')
      .meta({ description: 'same: the provider’s page opens on this device' }),
    redirectUrl: redirectUrl.meta({
      description: `${RETURNS} Then the TV must POST /v1/browser-returned, or up to 120 s pass before anybody asks; without a redirectUrl the gateway’s own page does it.`,
    }),
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
    expiresIn: expiresIn.optional(),
    missingParameters: z.array(z.string()),
    mvpd: z.string().optional(),
    /** Whether TV and phone seem to be in one household; absent where that can't be told. */
    sameNetwork: z.boolean().optional(),
    /** The provider's page, if nothing is missing. */
    url: z.string().optional(),
  })
  .meta({ id: 'CheckedCode' });

export const chooseSchema = z.object({ mvpd: chosenMvpdSchema }).meta({ id: 'ChooseRequest' });
