/** A command that can't go on. The message is one line: what happened, and what to do. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** These carry one line made for people; anything else is a bug and keeps its stack. */
const FOR_PEOPLE = new Set([
  'CommandError',
  'ConfigError',
  'KeyRingError',
  'SealedError',
  'NoTemporalServerError',
  'DevicePassError',
  'AemError',
  'ImsError',
  'KeyRolloutError',
]);

/** Ends the process with exit code 1 and one clear line. */
export function failWith(error: unknown): never {
  process.stderr.write(`devicepass: ${lineOf(error)}\n`);
  process.exit(1);
}

/** Whether the message is one line made for people. */
export function isForPeople(error: Error): boolean {
  return FOR_PEOPLE.has(error.name);
}

function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isForPeople(error)) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}: choose another port`;
  return error.stack ?? error.message;
}
