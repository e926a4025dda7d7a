import { validateHeaderValue } from 'node:http';
import type { StreamingDevice, TempPassIdentity } from './device.ts';
import { documented } from './documented-names.ts';
import { AdobePassError } from './errors.ts';
import type { Operation } from './operation.ts';
import { isValidStatus } from './partner-status.ts';
import type { ViewerTokens } from './viewer-tokens.ts';

type Body = 'none' | 'form' | 'json';

/**
 * Kinds of single sign-on, by who knows the viewer: the platform (Amazon, Roku), the programmer's identity
 * service, or a partner's framework on the device (Apple).
 */
type SingleSignOn = 'platform' | 'service' | 'partner';

interface Row {
  authorization: boolean;
  /** `listed` on the operation's page; `switch`: only with `deviceHeadersEverywhere`. */
  identifier: 'listed' | 'switch' | 'never';
  deviceInfo: 'listed' | 'switch';
  visitor: boolean;
  /** Whose headers it lists. */
  singleSignOn?: readonly SingleSignOn[];
  /** Lists `AP-TempPass-Identity`. */
  tempPass?: true;
  body: Body;
}

const v2 = { authorization: true, visitor: true } as const;
const device = { identifier: 'listed', deviceInfo: 'listed' } as const;
const withPartner = { singleSignOn: ['platform', 'service', 'partner'] } as const;
const onlyPartner = { singleSignOn: ['partner'] } as const;
const withoutPartner = { singleSignOn: ['platform', 'service'] } as const;
const noDevice = { identifier: 'switch', deviceInfo: 'switch' } as const;
const dcr = {
  authorization: false,
  identifier: 'never',
  deviceInfo: 'listed',
  visitor: false,
} as const;

/**
 * Which headers each operation sends, as its API page lists them. `X-Forwarded-For`, `Accept` and
 * `User-Agent` go everywhere: the first is optional on the pages but the throttle's key, so without
 * it all viewers would share this server's allowance (`throttling-mechanism`).
 */
export const headerMatrix: Readonly<Record<Operation, Row>> = {
  register: { ...dcr, body: 'json' },
  token: { ...dcr, body: 'form' },
  configuration: { ...v2, ...device, visitor: false, body: 'none' },
  createSession: { ...v2, ...device, ...withoutPartner, body: 'form' },
  resumeSession: { ...v2, ...noDevice, body: 'form' },
  retrieveSession: { ...v2, ...noDevice, body: 'none' },
  profiles: { ...v2, ...device, ...withPartner, body: 'none' },
  profileByMvpd: { ...v2, ...device, ...withPartner, tempPass: true, body: 'none' },
  profileByCode: { ...v2, ...noDevice, tempPass: true, body: 'none' },
  preauthorize: { ...v2, ...device, ...withPartner, body: 'json' },
  authorize: { ...v2, ...device, ...withPartner, tempPass: true, body: 'json' },
  logout: { ...v2, ...device, ...withoutPartner, body: 'none' },
  partnerRequest: { ...v2, ...device, ...onlyPartner, body: 'form' },
  partnerProfile: { ...v2, ...device, ...onlyPartner, body: 'form' },
};

const contentType = {
  none: undefined,
  form: 'application/x-www-form-urlencoded',
  json: 'application/json;charset=utf-8',
} as const;

/** What the headers of one request are made of. */
export interface HeaderInput {
  device: StreamingDevice;
  accessToken?: string;
  deviceHeadersEverywhere: boolean;
}

/**
 * Builds the headers of an operation, lower-case names. `user-agent` is undefined when the device
 * gave none, which keeps the HTTP library from naming itself.
 *
 * @throws AdobePassError `invalid_request` when a value can't be a header (a line break in a
 * User-Agent), before anything is sent.
 */
export function headersFor(
  operation: Operation,
  input: HeaderInput,
): Record<string, string | undefined> {
  const row = headerMatrix[operation];
  const sends = (rule: Row['identifier']) =>
    rule === 'listed' || (rule === 'switch' && input.deviceHeadersEverywhere);
  const { device, accessToken = '' } = input;
  const { viewerTokens: tokens = {} } = device;
  const headers = {
    accept: 'application/json;charset=utf-8',
    'x-forwarded-for': device.ip,
    'user-agent': device.userAgent,
    ...(row.body !== 'none' && { 'content-type': contentType[row.body] }),
    ...(row.authorization && { authorization: `Bearer ${accessToken}` }),
    ...(sends(row.identifier) && {
      'ap-device-identifier': `fingerprint ${base64(device.identifier)}`,
    }),
    ...(sends(row.deviceInfo) && { 'x-device-info': base64(deviceInfo(device)) }),
    ...(row.visitor &&
      tokens.visitorIdentifier && { 'ap-visitor-identifier': tokens.visitorIdentifier }),
    ...singleSignOn(row.singleSignOn, tokens),
    ...(row.tempPass &&
      device.tempPassIdentity && { 'ap-temppass-identity': identity(device.tempPassIdentity) }),
  };
  for (const [name, value] of Object.entries(headers)) check(operation, name, value);
  return headers;
}

function deviceInfo({ facts, ip, port }: StreamingDevice): string {
  return JSON.stringify({
    ...documented(facts),
    connectionIp: ip,
    ...(port !== undefined && { connectionPort: port }),
  });
}

/** A partner's status that is not valid is no reason to ask otherwise: it is left out. */
function singleSignOn(
  listed: readonly SingleSignOn[] = [],
  { subjectToken, rokuConnectToken, serviceToken, partnerFrameworkStatus: status }: ViewerTokens,
): Record<string, string> {
  const platform = listed.includes('platform');
  return {
    ...(platform && subjectToken && { 'adobe-subject-token': subjectToken }),
    ...(platform && rokuConnectToken && { 'x-roku-reserved-roku-connect-token': rokuConnectToken }),
    ...(listed.includes('service') && serviceToken && { 'ad-service-token': serviceToken }),
    ...(listed.includes('partner') &&
      status &&
      isValidStatus(status) && { 'ap-partner-framework-status': base64(JSON.stringify(status)) }),
  };
}

function identity({ key, hash }: TempPassIdentity): string {
  return base64(JSON.stringify({ [key]: hash }));
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function check(operation: Operation, name: string, value: string | undefined): void {
  if (value === undefined) return;
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new AdobePassError({
      operation,
      code: 'invalid_request',
      action: 'none',
      retryable: false,
      details: `the value of header ${name} has a character that headers can't carry`,
    });
  }
}
