import { z } from 'zod';
import { deviceAuthorizationSchema } from '../oauth/device-authorization.ts';
import {
  actionSchema,
  boardingStatusSchema,
  fallbackSchema,
  partnerSchema,
  reasonSchema,
  todoSchema,
} from './open-enums.ts';

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
  .meta({ id: 'Mvpd', description: 'A provider' });

/** What a TV names when it chooses a provider: an entry of a picker may be sent as it came. */
export const chosenMvpdSchema = z
  .object({
    id: z.string().trim().min(1).max(100),
    displayName: z.string().max(200).optional(),
    logoUrl: z
      .url({ protocol: /^https?$/ })
      .max(1_000)
      .optional(),
  })
  .meta({
    id: 'ChosenMvpd',
    description: 'The provider that was chosen; an entry of a picker may be sent as it came.',
  });

/** What is known of a provider on the platform of the TV, in Adobe's words. */
const onPlatform = {
  boardingStatus: boardingStatusSchema.optional(),
  platformMappingId: z
    .string()
    .optional()
    .meta({ description: 'Its id on the platform: by it Apple’s framework names it' }),
  enablePlatformServices: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the platform signs its viewers in now' }),
  displayInPlatformPicker: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the platform’s picker shows it' }),
  enforcePlatformPermissions: z
    .boolean()
    .optional()
    .meta({ description: 'A viewer’s no to the platform is to be respected' }),
};

export const mvpdsSchema = z
  .object({
    apple: z
      .object({ supported: z.array(z.string()), featured: z.array(z.string()) })
      .meta({ id: 'ApplePicker', description: 'Ids for the picker of Apple’s framework' })
      .optional()
      .meta({ description: 'On Apple’s platforms, where any provider is on board' }),
    mvpds: z.array(
      z
        .object({
          id: z.string(),
          displayName: z.string(),
          logoUrl: z.string().optional(),
          isTempPass: z.boolean().meta({ description: 'A trial, without an account' }),
          ...onPlatform,
        })
        .meta({ id: 'OfferedMvpd', description: 'A provider of a picker' }),
    ),
  })
  .meta({ id: 'Mvpds', description: 'Providers to choose from, in the order of the picker' });

const installation = {
  installationId: z
    .string()
    .optional()
    .meta({ description: 'Of /v1/session: by this operators find the TV' }),
};

/** Where somebody seems to be, no finer than a town. */
export const placeSchema = z
  .object({ country: z.string(), region: z.string().optional(), city: z.string().optional() })
  .meta({ id: 'Place' });

/** What a TV asks the one in front of it. */
export const confirmationSchema = z
  .object({
    id: z.string().meta({ description: 'For POST /v1/activation-request/confirm' }),
    user_code: z.string(),
    askedAt: time,
    askedAgo: z.number().int().min(0).meta({ description: 'Seconds' }),
    place: placeSchema.optional().meta({ description: 'Where the phone seems to be' }),
  })
  .meta({ id: 'Confirmation', description: 'A phone opened the code: is it the viewer’s?' });

export const confirmSchema = z
  .object({
    id: z.string().min(1).max(100),
    confirmed: z
      .boolean()
      .default(true)
      .meta({ description: 'false: the phone is none of the viewer’s, and the code ends' }),
  })
  .meta({ id: 'ConfirmRequest', description: 'The word of the one in front of the TV' });

const pendingSchema = z
  .object({
    status: z.literal('pending'),
    userCode: z.string(),
    expiresAt: time,
    expiresIn,
    url: z.string().optional().meta({ description: 'The provider’s page, once one is chosen' }),
    mvpd: mvpdSchema.optional(),
    confirmation: confirmationSchema.optional().meta({
      description: 'A phone that may not be the viewer’s opened the code: ask, and confirm',
    }),
    fallback: fallbackSchema.optional(),
    ...installation,
  })
  .meta({ id: 'SessionPending', description: 'A code is on the screen.' });

const profileType = z.string().meta({
  description:
    'How, in Adobe’s words: regular, temporary, degraded… A `degraded` one lets everybody in while the provider is down: `expiresAt` moves on until then.',
});

const signedInSchema = z
  .object({
    status: z.literal('signed-in'),
    mvpd: mvpdSchema,
    type: profileType,
    expiresAt: time,
    expiresIn,
    trial: z
      .object({
        hasBegun: z
          .boolean()
          .meta({ description: 'The first play starts the clock; before, `expiresAt` moves on' }),
        titlesLeft: z.number().int().min(0).optional().meta({ description: 'Titles to be played' }),
      })
      .meta({ id: 'TrialLeft', description: 'What is left of a free trial' })
      .optional()
      .meta({ description: 'Of a free trial: it ends at `expiresAt`, and its stream has to stop' }),
    attributes: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Of the viewer, as Adobe gives them; for a viewer’s token only' }),
    ...installation,
  })
  .meta({ id: 'SessionSignedIn', description: 'A viewer is signed in.' });

const signedOutSchema = z
  .object({
    status: z.literal('signed-out'),
    reason: reasonSchema,
    mvpd: mvpdSchema.optional().meta({ description: 'The provider of last time' }),
    partner: partnerSchema.optional(),
    ...installation,
  })
  .meta({ id: 'SessionSignedOut', description: 'Nobody is signed in, and there is no code.' });

export const sessionSchema = z
  .discriminatedUnion('status', [pendingSchema, signedInSchema, signedOutSchema])
  .meta({ id: 'Session', description: 'Where the TV stands' });

export const profilesSchema = z
  .object({
    profiles: z.array(
      z
        .object({ mvpd: mvpdSchema, type: profileType, expiresAt: time, expiresIn })
        .meta({ id: 'ProfileChoice', description: 'A profile that signs in without a login' }),
    ),
  })
  .meta({
    id: 'Profiles',
    description: 'What there is to choose from, the longest validity first',
  });

const eventId = z.string().meta({ description: 'Names the change, for Last-Event-ID' });

/** One server-sent event, its `data` read as JSON. */
export const eventSchema = z
  .discriminatedUnion('event', [
    z
      .object({ event: z.literal('code'), id: eventId, data: deviceAuthorizationSchema })
      .meta({ id: 'EventCode', description: 'A code to show' }),
    z
      .object({ event: z.literal('confirm'), id: eventId, data: confirmationSchema })
      .meta({ id: 'EventConfirm', description: 'A phone waits for the word of the TV' }),
    z
      .object({ event: z.literal('signed-in'), id: eventId, data: signedInSchema })
      .meta({ id: 'EventSignedIn', description: 'A viewer signed in: get tokens' }),
    z
      .object({ event: z.literal('signed-out'), id: eventId, data: signedOutSchema })
      .meta({ id: 'EventSignedOut', description: 'Nobody is signed in any more' }),
  ])
  .meta({ id: 'Event', description: 'One server-sent event; `data` is JSON on one line.' });

/** As long as the workflow takes them: one may be a whole MRSS document. */
const resource = z.string().trim().min(1).max(4_096);

export const preauthorizeSchema = z
  .strictObject({ resources: z.array(resource).min(1).max(500) })
  .meta({ id: 'PreauthorizeRequest', description: 'Resources of a catalogue, as ids or MRSS' });

const denial = {
  code: z.string(),
  action: actionSchema,
  message: z.string(),
  details: z.string().optional(),
  trace: z.string().optional().meta({ description: 'For support tickets' }),
};

export const decisionsSchema = z
  .object({
    decisions: z.array(
      z
        .object({
          resource: z.string(),
          authorized: z.boolean(),
          source: z.string().optional(),
          error: z
            .object(denial)
            .meta({ id: 'Denial', description: 'Why not, in Adobe’s words' })
            .optional(),
        })
        .meta({ id: 'Decision', description: 'The answer for one resource' }),
    ),
  })
  .meta({ id: 'Decisions', description: 'One answer for each resource, in the order asked' });

export const authorizeSchema = z
  .strictObject({ resource })
  .meta({ id: 'AuthorizeRequest', description: 'What is about to be played' });

const mediaToken = z
  .object({ value: z.string(), notBefore: time, notAfter: time, expiresIn })
  .meta({ id: 'MediaToken', description: 'For one play; the player’s backend verifies it' });

export const verifyMediaTokenSchema = z
  .strictObject({
    token: z.string().min(1).max(16_384).meta({ description: 'As the TV brought it' }),
    resource: z
      .string()
      .min(1)
      .max(4_096)
      .meta({ description: 'What it asked /v1/authorize for, to the letter' }),
    serviceProvider: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .meta({ description: 'The channel that the token has to be for' }),
  })
  .meta({ id: 'VerifyMediaTokenRequest', description: 'A media token, and what it is to play' });

export const mediaTokenVerdictSchema = z
  .object({
    release: z.boolean().meta({ description: 'Whether to release the stream' }),
    status: z.enum(['valid', 'invalid', 'unverified']),
    reason: z.string().optional().meta({
      description: 'Of `invalid`, in Adobe’s words: TOKEN_EXPIRED, INVALID_RESOURCE_ID, ...',
    }),
    problem: z.string().optional().meta({
      description: 'Of `unverified`: what is wrong with the verifier, as unreachable or timeout',
    }),
  })
  .meta({ id: 'MediaTokenVerdict', description: 'What became of the token' });

export const permittedSchema = z
  .object({
    status: z.literal('permitted'),
    resource: z.string(),
    mvpd: z.string(),
    source: z.string(),
    mediaToken,
  })
  .meta({ id: 'PlayPermitted', description: 'It may be played.' });

export const deniedSchema = z
  .object({
    status: z.literal('denied'),
    resource: z.string(),
    mvpd: z.string(),
    source: z
      .string()
      .optional()
      .meta({ description: 'Who said so: mvpd; degradation, by a rule of the programmer; …' }),
    ...denial,
  })
  .meta({ id: 'PlayDenied', description: 'It may not be played: show `message`.' });

export const playSchema = z
  .discriminatedUnion('status', [permittedSchema, deniedSchema])
  .meta({ id: 'Play', description: 'The decision. A denial is an answer, not an error.' });

export const redirectUrlSchema = z.url().max(2_000).optional();
export const RETURNS =
  'Where the provider’s page returns to: https, on a host of the app’s software statement.';

export const logoutRequestSchema = z
  .strictObject({ redirectUrl: redirectUrlSchema.meta({ description: RETURNS }) })
  .meta({ id: 'LogoutRequest', description: 'May be left out' })
  .nullish();

export const logoutSchema = z
  .object({
    status: z.literal('signed-out'),
    actions: z.array(
      z
        .object({
          mvpd: z.string(),
          actionName: z.string(),
          actionType: z.string(),
          url: z.string().optional(),
          todo: todoSchema,
        })
        .meta({ id: 'LogoutAction', description: 'What is left to do for one provider' }),
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
  .meta({ id: 'Logout', description: 'Signed out here; `actions` says what is left to do' });

export const authenticateSchema = z
  .strictObject({
    mvpd: chosenMvpdSchema.optional(),
    trial: z.boolean().optional().meta({
      description:
        'In place of `mvpd`: the first trial of this app that is not used up. Where none is left, 403 `trials_used_up`: offer a sign-in.',
    }),
    tempPassIdentity: z.string().trim().min(1).max(320).optional().meta({
      description:
        'For a promotional trial: an address of the viewer that the app has checked, or its SHA-256 in hex. It goes no further than the gateway, which makes a hash of it.',
    }),
    screen: z
      .enum(['same', 'second'])
      .default('same')
      .meta({ description: 'same: the provider’s page opens on this device' }),
    redirectUrl: redirectUrlSchema.meta({
      description: `${RETURNS} Then the TV must POST /v1/browser-returned, or up to 120 s pass before anybody asks; without a redirectUrl the gateway’s own page does it.`,
    }),
  })
  .meta({
    id: 'AuthenticateRequest',
    description: 'A provider that was chosen on the TV, or `trial`: one of the two',
  });

export const authenticatedSchema = z
  .object({
    authorization: deviceAuthorizationSchema,
    session: sessionSchema,
  })
  .meta({ id: 'Authenticated', description: 'A login has begun, or is there already' });

export const codeSchema = z.object({
  code: z
    .string()
    .min(1)
    .max(40)
    .meta({ description: 'As the viewer typed it', example: 'H4XK7QP' }),
});

export const checkedCodeSchema = z
  .object({
    status: z.literal('known'),
    device: z
      .record(z.string(), z.unknown())
      .meta({ description: 'The TV, as the provider’s page will name it' }),
    expiresAt: time.optional(),
    expiresIn: expiresIn.optional(),
    missingParameters: z.array(z.string()),
    mvpd: z.string().optional(),
    sameNetwork: z.boolean().optional().meta({
      description:
        'Whether TV and phone seem to be in one household; absent where that can not be told',
    }),
    url: z.string().optional().meta({ description: 'The provider’s page, if nothing is missing' }),
    app: z.string().optional().meta({ description: 'The app that asks, as viewers know it' }),
    askedAt: time.optional(),
    askedAgo: z.number().int().min(0).optional().meta({ description: 'Seconds' }),
    place: placeSchema.optional().meta({ description: 'Where the TV seems to be' }),
    openedElsewhere: z
      .boolean()
      .optional()
      .meta({ description: 'Another browser, on another network, opened the code too: warn' }),
    waitsFor: z
      .string()
      .optional()
      .meta({ description: '`tv`: the one in front of the TV has to confirm; ask again' }),
  })
  .meta({ id: 'CheckedCode', description: 'What a code stands for' });

export const chooseSchema = z
  .strictObject({ mvpd: chosenMvpdSchema })
  .meta({ id: 'ChooseRequest', description: 'The provider that the viewer chose' });
