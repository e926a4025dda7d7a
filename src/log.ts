import { type DestinationStream, pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of a process: one JSON line an event, to standard error, so that standard output stays
 * the answer of a command. Whatever might be a secret is cut out by name, should it ever get here.
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: { service: 'devicepass' },
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[secret]',
      },
    },
    destination,
  );
}

const SECRETS = [
  'authorization',
  'accessToken',
  'clientSecret',
  'softwareStatement',
  'mediaToken',
  'attributes',
  'ip',
];
