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
  'ManagementError',
]);

const OTHER_HOST = 'give an address of this machine';

/** What to do where a server can't listen. */
const ADVICE: Partial<Record<string, string>> = {
  EADDRINUSE: 'choose another port',
  EACCES: 'choose another port: those below 1024 are not for everybody',
  EADDRNOTAVAIL: OTHER_HOST,
  EAFNOSUPPORT: OTHER_HOST,
  EINVAL: OTHER_HOST,
  ENOTFOUND: OTHER_HOST,
  EAI_AGAIN: OTHER_HOST,
};

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
  const advice = 'syscall' in error && 'code' in error ? ADVICE[String(error.code)] : undefined;
  return advice === undefined ? (error.stack ?? error.message) : `${error.message}: ${advice}`;
}
