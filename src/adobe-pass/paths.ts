import { AdobePassError } from './errors.ts';
import type { Operation } from './operation.ts';

const codes = {
  serviceProvider: 'invalid_parameter_service_provider',
  mvpd: 'invalid_parameter_mvpd',
  code: 'invalid_parameter_code',
  partner: 'invalid_parameter_partner',
} as const;

/**
 * Encodes one segment of a path.
 *
 * @throws AdobePassError with the code Adobe uses for the parameter when the value is empty, `.` or
 * `..`, which would silently address another endpoint.
 */
export function segment(operation: Operation, name: keyof typeof codes, value: string): string {
  if (value === '' || value === '.' || value === '..') {
    throw new AdobePassError({
      operation,
      code: codes[name],
      action: 'none',
      retryable: false,
      reason: `${name} ${JSON.stringify(value)} can't be part of a path`,
    });
  }
  return encodeURIComponent(value);
}

/** A form body; every value is percent-encoded exactly once, absent fields are left out. */
export function form(fields: Record<string, string | undefined>): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`))
    .join('&');
}
