import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import type { Logger } from '../log.ts';

/**
 * Sends what the Temporal SDK logs to our log. Once a process, before the first worker. The
 * runtime also stops workers cleanly on SIGTERM and SIGINT.
 */
export function installRuntime(logger: Logger): void {
  const write = ({ level, message, meta }: LogEntry) => {
    const { error, ...rest } = meta ?? {};
    const failure = error instanceof Error ? { error: error.message } : {};
    logger[LEVELS[level]]({ ...rest, ...failure }, message);
  };
  Runtime.install({
    logger: new DefaultLogger('INFO', write),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;
