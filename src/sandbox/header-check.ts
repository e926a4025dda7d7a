import { isIP } from 'node:net';
import { fromBase64, objectFromBase64 } from './base64.ts';
import type { Call } from './call.ts';
import { readDeviceInfo } from './device-info.ts';
import type { DeviceInfo } from './device-info.ts';
import { refusal } from './errors.ts';
import type { OperationRule } from './operations.ts';

const guarded = /^(ap-|ad-|adobe-|x-)/;
const contentTypes = {
  form: /^application\/x-www-form-urlencoded(;\s*charset=utf-8)?$/i,
  json: /^application\/json(;\s*charset=utf-8)?$/i,
};

/** Codes documented for one header; other headers have none. */
const headerCodes = new Map([
  ['ap-device-identifier', 'invalid_header_device_identifier'],
  ['x-device-info', 'invalid_header_device_info'],
  ['ap-temppass-identity', 'invalid_header_identity_for_temporary_access'],
]);

function headerRefusal(name: string, details: string) {
  return refusal(headerCodes.get(name) ?? 'invalid_request_header', details);
}

/**
 * Refuses what the operation's page does not list, what it requires and is absent, and values of a
 * wrong form. "REST API V2 checklist": send required headers, and only listed ones.
 */
export function checkHeaders(call: Call, rule: OperationRule): void {
  const listed = new Set([...rule.required, ...rule.optional]);
  for (const name of Object.keys(call.headers)) {
    if (guarded.test(name) && !listed.has(name)) {
      throw refusal('invalid_request_header', `header ${name} is not listed for this operation`);
    }
  }
  for (const name of rule.required) {
    if (!call.headers[name]) throw headerRefusal(name, `header ${name} is missing`);
  }
  if (rule.body !== 'none' && !contentTypes[rule.body].test(call.headers['content-type'] ?? '')) {
    const given = call.headers['content-type'] ?? 'none';
    throw refusal(
      'invalid_request_header',
      `header content-type must be ${rule.body}, is ${given}`,
    );
  }
  for (const name of listed) checkValue(name, call.headers[name]);
}

function checkValue(name: string, value: string | undefined): void {
  if (value === undefined) return;
  const problem = problemOf(name, value);
  if (problem !== undefined) throw headerRefusal(name, problem);
}

function problemOf(name: string, value: string): string | undefined {
  switch (name) {
    case 'ap-device-identifier': {
      const [type, id, ...rest] = value.split(' ');
      const valid = type === 'fingerprint' && rest.length === 0 && fromBase64(id ?? '');
      return valid ? undefined : 'AP-Device-Identifier must be: fingerprint <Base64>';
    }
    case 'x-device-info': {
      const info = readDeviceInfo(value);
      return typeof info === 'string' ? info : undefined;
    }
    case 'x-forwarded-for':
      return isIP(value) ? undefined : 'X-Forwarded-For must be the one IP address of the device';
    case 'ap-temppass-identity':
      return undefined; // by the TempPass, which answers in its own way
    case 'adobe-subject-token':
    case 'x-roku-reserved-roku-connect-token':
      return undefined; // one that can't be read is no error: no single sign-on
    case 'ap-partner-framework-status':
      return objectFromBase64(value) ? undefined : `${name} is not Base64 of a JSON object`;
    default:
      return value === '' ? `header ${name} is empty` : undefined;
  }
}

/** The device of a call whose headers have been checked. */
export function deviceOf(call: Call): { device: string; info: DeviceInfo } {
  const info = readDeviceInfo(call.headers['x-device-info'] ?? '');
  if (typeof info === 'string') throw refusal('invalid_header_device_info', info);
  return { device: call.headers['ap-device-identifier'] ?? '', info };
}
