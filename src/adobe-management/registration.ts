import { type Http, type HttpAnswer, HttpFailure, type HttpRequest } from '../http/index.ts';
import { ManagementError } from './errors.ts';

/** What a registration yields. Never expires: to be kept, and used until Adobe refuses it. */
export interface ManagementCredentials {
  clientId: string;
  clientSecret: string;
}

/** Where to register, and with what. */
export interface Registering {
  http: Http;
  /** Host of dynamic client registration: that of REST API V2. */
  registrationUrl: string;
  /** Of a registered application with the scope of the API that is to be called. Secret. */
  softwareStatement: () => string;
}

/** The pages of registration want `X-Device-Info`; who registers here is this server, no TV. */
const SERVER = Buffer.from(
  JSON.stringify({
    primaryHardwareType: 'Unknown',
    model: 'devicepass',
    version: '1',
    osName: 'Linux',
    osVersion: '1',
    connectionType: 'LAN',
  }),
).toString('base64');

/** Registers a client (`dynamic-client-registration-apis-retrieve-client-credentials`). */
export async function register({
  http,
  registrationUrl,
  softwareStatement,
}: Registering): Promise<ManagementCredentials> {
  const answer = await ask(http, {
    url: new URL('/o/client/register', registrationUrl),
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=utf-8', 'x-device-info': SERVER },
    body: JSON.stringify({ software_statement: softwareStatement() }),
  });
  const { client_id: clientId, client_secret: clientSecret } = fieldsOf(answer);
  if (answer.status >= 300 || !isText(clientId) || !isText(clientSecret)) throw refused(answer);
  return { clientId, clientSecret };
}

/** Gets an access token (`dynamic-client-registration-apis-retrieve-access-token`). */
export async function accessToken(
  { http, registrationUrl }: Registering,
  { clientId, clientSecret }: ManagementCredentials,
): Promise<string> {
  const answer = await ask(http, {
    url: new URL('/o/client/token', registrationUrl),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-device-info': SERVER },
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
    }).toString(),
  });
  const { access_token: token } = fieldsOf(answer);
  if (answer.status >= 300 || !isText(token)) throw refused(answer);
  return token;
}

/** @throws ManagementError where nobody answers */
export async function ask(http: Http, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await http.send(request);
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const { code, message, hint, retryable } = error;
    throw new ManagementError(code, `${message}: ${hint}`, { retryable });
  }
}

/** Adobe is away, or is asked too often. */
export function isForLater(status: number): boolean {
  return status === 429 || status >= 500;
}

const STATEMENTS = ['invalid_software_statement', 'unapproved_software_statement'];

function refused(answer: HttpAnswer): ManagementError {
  const { status } = answer;
  const { error } = fieldsOf(answer);
  const code = isText(error) ? error.slice(0, 100) : `http_${status}`;
  const advice = STATEMENTS.includes(code)
    ? ': give the software statement of an application with the scope temporary:passes:owner (ADOBE_MANAGEMENT_STATEMENT_FILE)'
    : '';
  const message = `Adobe refused the registration with ${code}${advice}`;
  return new ManagementError(code, message, { status, retryable: isForLater(status) });
}

function fieldsOf({ text }: HttpAnswer): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
