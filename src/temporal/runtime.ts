import {
  DefaultLogger,
  type LogEntry,
  makeTelemetryFilterString,
  Runtime,
} from '@temporalio/worker';
import type { Logger } from '../log.ts';
import { logFields } from './log-fields.ts';

/**
 * Sends what the Temporal SDK logs to our log. Once a process, before the first worker. The
 * runtime also stops workers cleanly on SIGTERM and SIGINT.
 */
export function installRuntime(logger: Logger): void {
  const write = ({ level, message, meta }: LogEntry) => {
    // Only spans are wanted of the core at this level: see FILTER.
    if (level === 'INFO' && meta?.['sdkComponent'] === 'core') return;
    // Told of each worker that is meant to hold activities alone.
    if (message.startsWith('No workflows registered')) return;
    logger[LEVELS[level]](logFields(meta), message);
  };
  Runtime.install({
    logger: new DefaultLogger('INFO', write),
    telemetryOptions: { logging: { forward: {}, filter: FILTER } },
  });
}

/**
 * Warnings of the SDK's core. It tells whose workflow task went wrong by the span around it alone,
 * which is of a lower level and would be left out.
 */
const FILTER = [
  makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }),
  'temporalio_sdk_core[complete_workflow_activation]=INFO',
].join(',');

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;
