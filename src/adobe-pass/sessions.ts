import { z } from 'zod';
import { defined, lenient, parameterName, time } from './fields.ts';
import type { V2Input } from './input.ts';
import type { Call, Operation } from './operation.ts';
import { absoluteUrl, form, segment } from './paths.ts';
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
  /** Absolute. */
  url?: string;
  mvpd?: string;
  /** For tracking only. */
  sessionId: string;
  /** In the request's spelling (`domainName`). */
  missingParameters: string[];
  /** Epoch milliseconds. */
  notBefore?: number;
  /** End of the code's life, epoch milliseconds. */
  notAfter?: number;
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

const text = lenient(z.string());
const names = z
  .array(z.string())
  .catch([])
  .transform((list) => list.map(parameterName));

const sessionSchema = z.object({
  actionName: z.string(),
  reasonType: z.string().catch('none'),
  code: text,
  url: text,
  mvpd: text,
  sessionId: z.string().catch(''),
  missingParameters: names,
  notBefore: lenient(time),
  notAfter: lenient(time),
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
  notBefore: lenient(time),
  notAfter: lenient(time),
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

/** Begins a sign-in (`rest-api-v2-sessions-apis-create-authentication-session`). */
export function createSession(send: Send, base: string, input: CreateSessionInput, call?: Call) {
  return postSession(send, base, 'createSession', input, '', call);
}

/** Supplies what was missing (`rest-api-v2-sessions-apis-resume-authentication-session`). */
export function resumeSession(send: Send, base: string, input: ResumeSessionInput, call?: Call) {
  const suffix = `/${segment('resumeSession', 'code', input.code)}`;
  return postSession(send, base, 'resumeSession', input, suffix, call);
}

function postSession(
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
      parse: (body): Session => {
        const { actionName, reasonType, url, ...rest } = sessionSchema.parse(body);
        const absolute = absoluteUrl(baseUrl, url);
        return defined({ action: actionName, reason: reasonType, ...rest, url: absolute });
      },
    },
    call,
  );
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
      parse: (body): SessionInfo => {
        const { device: seen, ...info } = infoSchema.parse(body);
        const { type, model, hardware, operatingSystem, connection } = seen ?? {};
        const manufacturer = hardware?.manufacturer;
        const facts = defined({ type, model, manufacturer, osName: operatingSystem?.name });
        const deviceIp = connection?.ipAddress;
        return defined({ ...info, device: seen && facts, deviceIp });
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
