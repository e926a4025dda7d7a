import { ConfigError } from './variables.ts';

const SEGMENT = /^[A-Za-z0-9_-]+$/;

/**
 * Refuses a software statement that can't be one: no JWT. Adobe would say so only when the first
 * viewer asks, as `invalid_software_statement`, for each of them anew.
 *
 * @param where - Names file and app
 * @throws ConfigError that repeats nothing of the statement
 */
export function checkStatement(statement: string, where: string): void {
  const parts = statement.split('.');
  if (parts.length === 3 && parts.every((part) => SEGMENT.test(part)) && hasHeader(parts[0])) {
    return;
  }
  throw new ConfigError(
    `${where} is not a JWT: paste the software statement of the TVE Dashboard as it is (three parts with dots between)`,
  );
}

function hasHeader(part = ''): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}
