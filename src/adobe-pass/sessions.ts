import { z } from 'zod';
import {
  type PartnerAuthenticationRequest,
  partnerAuthenticationRequestSchema,
} from './authentication-request.ts';
import { defined, lenient, moment, parameterName, text } from './fields.ts';
import type { V2Input } from './input.ts';
import { newLife, restOfLife } from './lives.ts';
import type { Life, WrittenLife } from './lives.ts';
import type { Call, Operation } from './operation.ts';
import { form, segment } from './paths.ts';
import type { Reading } from './reading.ts';
import type { Send } from './transport.ts';

/** The answer to creating or resuming a session. */
export interface Session {
  /**
   * What to do next: `authenticate` (open `url`), `resume` or `retry` (supply
   * `missingParameters`), `authorize` (already signed in), or a value unknown so far.
   */
  action: 'authenticate' | 'resume' | 'retry' | 'authorize' | (string & {});
  /** Why; `none`, `authenticated`, `temporary`, `degraded`, `authenticatedSSO` and others. */
  reason: string;
  /** Absent with action `authorize`. */
  code?: string;
  /** Absolute, at Adobe. */
  url?: string;
  mvpd?: string;
  /** For tracking only. */
  sessionId: string;
  /** In the request's spelling (`domainName`). */
  missingParameters: string[];
  /** Epoch milliseconds by our own clock; as the end, there is one where there is a code. */
  notBefore?: number;
  /** End of the code's life: as told, or else half an hour after the answer. */
  notAfter?: number;
  /** With action `partner_profile`: what the partner's framework on the device is asked. */
  authenticationRequest?: PartnerAuthenticationRequest;
}

/** What is known of a session, and of the device it began on. */
export interface SessionInfo {
  /** In the request's spelling (`domainName`). */
  existingParameters: Record<string, string>;
  missingParameters: string[];
  notBefore?: number;
  notAfter?: number;
  /** The streaming device as Adobe understood it; to be shown to the viewer. */
  device?: { type?: string; model?: string; manufacturer?: string; osName?: string };
  /** The streaming device's address. Not for showing: it tells whether a phone is on its network. */
  deviceIp?: string;
}

export interface SessionParameters {
  mvpd?: string;
  /** Domain the login starts from; one of the configuration's. */
  domainName?: string;
  /** Where the browser ends. */
  redirectUrl?: string;
}

/** What a new session begins with; what is missing may be added by resuming it. */
export interface CreateSessionInput extends V2Input, SessionParameters {}

/** What is added to the session behind a code. */
export interface ResumeSessionInput extends V2Input, SessionParameters {
  code: string;
}

/** A call about the session behind a code. */
export interface CodeInput extends V2Input {
  code: string;
}

const names = z
  .array(z.unknown())
  .catch([])
  .transform((list) => list.filter((name) => typeof name === 'string').map(parameterName));

const sessionSchema = z
  .object({
    actionName: text,
    reasonType: z.string().catch('none'),
    code: text,
    url: text,
    mvpd: text,
    sessionId: text,
    missingParameters: names,
    notBefore: moment,
    notAfter: moment,
    authenticationRequest: lenient(partnerAuthenticationRequestSchema),
  })
  // Adobe's errors have codes too, with other characters in them.
  .refine(({ actionName, code = '' }) => actionName !== undefined || /^[A-Za-z0-9]+$/.test(code), {
    path: ['actionName'],
  });

const infoSchema = z.object({
  existingParameters: z
    .record(z.string(), z.unknown())
    .catch({})
    .transform((given) =>
      Object.fromEntries(
        Object.entries(given).flatMap(([name, value]) =>
          typeof value === 'string' ? [[parameterName(name), value] as const] : [],
        ),
      ),
    ),
  missingParameters: names,
  notBefore: moment,
  notAfter: moment,
  device: lenient(
    z.object({
      type: text,
      model: text,
      hardware: lenient(z.object({ manufacturer: text })),
      operatingSystem: lenient(z.object({ name: text })),
      connection: lenient(z.object({ ipAddress: text })),
    }),
  ),
});

/** Half an hour in every sample (`rest-api-v2-sessions-apis-create-authentication-session`). */
const CODE = { usualMs: 30 * 60_000, longestMs: 24 * 3_600_000 };

/** Begins a sign-in (`rest-api-v2-sessions-apis-create-authentication-session`). */
export function createSession(send: Send, base: string, input: CreateSessionInput, call?: Call) {
  return postSession(send, base, 'createSession', input, '', call);
}

/** Supplies what was missing (`rest-api-v2-sessions-apis-resume-authentication-session`). */
export function resumeSession(send: Send, base: string, input: ResumeSessionInput, call?: Call) {
  const suffix = `/${segment('resumeSession', 'code', input.code)}`;
  return postSession(send, base, 'resumeSession', input, suffix, call);
}

/** One of the calls that answer with a session. */
export function postSession(
  send: Send,
  baseUrl: string,
  operation: Operation,
  input: CreateSessionInput,
  suffix: string,
  call?: Call,
) {
  const { accessToken, serviceProvider, device, mvpd, domainName, redirectUrl } = input;
  return send(
    {
      operation,
      method: 'POST',
      path: `/api/v2/${segment(operation, 'serviceProvider', serviceProvider)}/sessions${suffix}`,
      device,
      accessToken,
      body: form({ mvpd, domainName, redirectUrl }),
      goodPart: 'actionName',
      parse: (body, reading): Session => {
        const read = sessionSchema.parse(body);
        const { actionName, reasonType, code, missingParameters, mvpd: chosen, sessionId } = read;
        const isPartners = operation === 'partnerRequest';
        const authenticationRequest = isPartners ? read.authenticationRequest : undefined;
        const action = actionName ?? (missingParameters.length > 0 ? 'resume' : 'authenticate');
        // Where Adobe's page is we know without being told.
        const page =
          action === 'authenticate' && code !== undefined
            ? authenticateUrl(baseUrl, { serviceProvider, code })
            : undefined;
        const url = reading.browserUrl(read.url) ?? page;
        const life = code === undefined ? {} : lifeOf(read, operation, reading);
        return defined({
          action,
          reason: reasonType,
          code,
          url,
          mvpd: chosen,
          sessionId: sessionId ?? '',
          missingParameters,
          ...life,
          authenticationRequest,
        });
      },
    },
    call,
  );
}

/** Undefined for a session that is known by its code and has no end that could be told. */
function lifeOf(
  { notBefore, notAfter }: WrittenLife,
  operation: Operation,
  reading: Reading,
): Life | undefined {
  const isNew = operation !== 'resumeSession' && operation !== 'retrieveSession';
  if (isNew) reading.clock.madeNow(notBefore, reading.at);
  else if (notAfter !== undefined) {
    const rest = restOfLife({ notBefore, notAfter }, reading);
    if (rest && rest.notAfter - reading.at <= CODE.longestMs) return rest;
  }
  const { guessed, ...life } = newLife({ notBefore, notAfter }, reading, CODE);
  if (!guessed) return life;
  reading.note('the session has no end that could be told');
  return operation === 'retrieveSession' ? undefined : life;
}

/** Reads a session by its code (`...-retrieve-authentication-session-information-using-code`). */
export function retrieveSession(send: Send, input: CodeInput, call?: Call) {
  const { accessToken, serviceProvider, device, code } = input;
  const operation = 'retrieveSession';
  const provider = segment(operation, 'serviceProvider', serviceProvider);
  return send(
    {
      operation,
      method: 'GET',
      path: `/api/v2/${provider}/sessions/${segment(operation, 'code', code)}`,
      device,
      accessToken,
      goodPart: 'existingParameters',
      parse: (body, reading): SessionInfo => {
        const {
          device: seen,
          existingParameters,
          missingParameters,
          ...written
        } = infoSchema.parse(body);
        const life = lifeOf(written, operation, reading);
        const { type, model, hardware, operatingSystem, connection } = seen ?? {};
        const manufacturer = hardware?.manufacturer;
        const facts = defined({ type, model, manufacturer, osName: operatingSystem?.name });
        const deviceIp = connection?.ipAddress;
        return defined({
          existingParameters,
          missingParameters,
          ...life,
          device: seen && facts,
          deviceIp,
        });
      },
    },
    call,
  );
}

/**
 * The address a browser opens to sign in. Never to be called from here: it belongs to the viewer
 * (`rest-api-v2-sessions-apis-perform-authentication-in-user-agent`).
 */
export function authenticateUrl(
  baseUrl: string,
  input: { serviceProvider: string; code: string },
): string {
  const provider = segment('createSession', 'serviceProvider', input.serviceProvider);
  const code = segment('createSession', 'code', input.code);
  return new URL(`/api/v2/authenticate/${provider}/${code}`, baseUrl).href;
}
