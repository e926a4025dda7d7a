import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The log of a process: one JSON line an event, to standard error, so that standard output stays
 * the answer of a command. Whatever might be a secret is cut out by name, should it ever get here.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: { service: 'devicepass' },
      redact: {
        paths: [
          '*.authorization',
          '*.accessToken',
          '*.clientSecret',
          '*.softwareStatement',
          '*.mediaToken',
          '*.ip',
        ],
        censor: '[secret]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
