const KINDS = [
  /** The console refuses the administrator: 401. */
  'console-401',
  'console-403',
  /** Any request gets the status; `path` says which. */
  'status',
  /** The connection breaks when a bundle is refreshed; the refresh goes on. */
  'refresh-reset',
  /** The console itself was restarted: the body is `false`. */
  'refresh-false',
  /** Answered 200, but the bundle stays resolved until somebody starts it. */
  'refresh-stays-resolved',
  /** Answered 200, but the bundle stays installed until the framework restarts. */
  'refresh-needs-restart',
  /** Answered 200 and active, but with the keys of before, until the key bundle is refreshed. */
  'refresh-keeps-keys',
  /** As above, until the framework restarts. */
  'refresh-keeps-keys-until-restart',
  /** As above, whatever is done. */
  'refresh-keeps-keys-for-good',
  /** A restart of the framework is answered, and does not happen. */
  'restart-ignored',
  /** Somebody takes the mode of the key files away just before they are read. */
  'files-unreadable',
  /** A configuration is not written: `apply` was lost on the way. */
  'write-lost',
  /** A configuration is not written: the session of a login page was over. */
  'write-login-page',
  /** A configuration is written, and something else in it goes. */
  'write-damages',
  /** Something else in a configuration goes, and what was to be written isn't. */
  'write-half',
  /** A configuration is stored, but the login goes on as before, for so many logins. */
  'switch-late',
  /** As above, until the framework restarts. */
  'switch-needs-restart',
] as const;

/** Something going wrong on purpose, the next `times` times that it can (default once). */
export interface FarmFault {
  kind: (typeof KINDS)[number];
  times?: number;
  /** For `status`: beginning of the path. */
  path?: string;
  /** For `status`. */
  status?: number;
}

/** The faults in force at one instance. */
export class FarmFaults {
  #set: (FarmFault & { left: number })[] = [];

  /** @throws Error of one line for a kind that there isn't */
  set(fault: FarmFault): void {
    if (!KINDS.includes(fault.kind)) throw new Error(`there is no fault ${fault.kind}`);
    this.#set.push({ ...fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#set = [];
  }

  /** Whether it happens now; uses it up. */
  take(kind: FarmFault['kind'], path = ''): FarmFault | undefined {
    const fault = this.#set.find((each) => each.kind === kind && path.startsWith(each.path ?? ''));
    if (!fault) return undefined;
    fault.left -= 1;
    this.#set = this.#set.filter(({ left }) => left > 0);
    return fault;
  }
}
