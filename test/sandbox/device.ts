import { startSandbox } from '../../src/sandbox/index.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.ts';

/** Base64 of the JSON of a value. */
export function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

export const deviceInfo = {
  primaryHardwareType: 'SetTopBox',
  model: 'TV 5th Gen',
  version: '5,3',
  manufacturer: 'Apple',
  osName: 'tvOS',
  osVendor: 'Apple',
  osVersion: '11.0',
  connectionType: 'WiFi',
};

export const deviceHeaders = {
  'AP-Device-Identifier': `fingerprint ${Buffer.from('device-1').toString('base64')}`,
  'X-Device-Info': base64(deviceInfo),
};

/** Answers are read as the test expects them; a wrong shape fails its assertion. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Reply {
  status: number;
  type: string;
  headers: Headers;
  text: string;
  json: Json;
}

/** A device with its backend: the raw calls, as the documents describe them. */
export interface Device {
  sandbox: Sandbox;
  token: string;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  api(path: string, options?: CallOptions): Promise<Reply>;
  form(path: string, fields: Record<string, string>, options?: CallOptions): Promise<Reply>;
  json(path: string, body: unknown, options?: CallOptions): Promise<Reply>;
  signInSession(fields?: Record<string, string>): Promise<Reply>;
}

export interface CallOptions {
  headers?: Record<string, string | undefined>;
  body?: string;
  /** Leave out the two device headers, for operations that do not list them. */
  bare?: boolean;
}

/** Starts a sandbox without throttle and registers a device with it. */
export async function startDevice(options: SandboxOptions = {}): Promise<Device> {
  const sandbox = await startSandbox({ throttle: false, ...options });
  return registerDevice(sandbox);
}

export async function registerDevice(sandbox: Sandbox, statement?: string): Promise<Device> {
  const { client_id, client_secret } = (
    await raw(
      sandbox,
      'POST',
      '/o/client/register',
      {
        'Content-Type': 'application/json',
        'X-Device-Info': deviceHeaders['X-Device-Info'],
      },
      JSON.stringify({ software_statement: statement ?? sandbox.softwareStatement() }),
    )
  ).json;
  const issued = await raw(
    sandbox,
    'POST',
    '/o/client/token',
    {
      'Content-Type': 'application/x-www-form-urlencoded',
      'X-Device-Info': deviceHeaders['X-Device-Info'],
    },
    new URLSearchParams({ client_id, client_secret, grant_type: 'client_credentials' }).toString(),
  );
  return deviceWith(sandbox, issued.json.access_token);
}

export async function raw(
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Record<string, string | undefined> = {},
  body?: string,
): Promise<Reply> {
  const given = Object.entries(headers).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    redirect: 'manual',
    headers: Object.fromEntries(given),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    type,
    headers: response.headers,
    text,
    json: type.includes('json') ? parse(text) : undefined,
  };
}

function deviceWith(sandbox: Sandbox, token: string): Device {
  const call: Device['call'] = (method, path, { headers = {}, body, bare = false } = {}) =>
    raw(
      sandbox,
      method,
      path,
      {
        Authorization: `Bearer ${token}`,
        'X-Forwarded-For': '203.0.113.7',
        ...(bare ? {} : deviceHeaders),
        ...headers,
      },
      body,
    );
  const typed = (type: string, body: string, options: CallOptions = {}) => ({
    ...options,
    body,
    headers: { 'Content-Type': type, ...options.headers },
  });
  const form: Device['form'] = (path, fields, options) =>
    call(
      'POST',
      `/api/v2${path}`,
      typed('application/x-www-form-urlencoded', new URLSearchParams(fields).toString(), options),
    );
  return {
    sandbox,
    token,
    call,
    form,
    api: (path, options) => call('GET', `/api/v2${path}`, options),
    json: (path, body, options) =>
      call('POST', `/api/v2${path}`, typed('application/json', JSON.stringify(body), options)),
    signInSession: (fields = {}) =>
      form('/REF30/sessions', {
        mvpd: 'NorthCable',
        domainName: 'example.com',
        redirectUrl: `${sandbox.url}/_sandbox/state`,
        ...fields,
      }),
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
