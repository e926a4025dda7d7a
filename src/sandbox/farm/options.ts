/** A user of one instance. */
export interface FarmUser {
  password: string;
  groups: readonly string[];
}

/** Settings of the stand-in. */
export interface FarmOptions {
  /** An existing folder; each instance gets one of its own in it, named by its id. */
  folder: string;
  /** Ids of the instances. Default `publish1`, `publish2`, `publish3`. */
  instances?: readonly string[];
  host?: string;
  /** Login of the console. Default `admin:admin`. */
  admin?: string;
  /** Users on every instance, by id. Default a `viewer` with the password `viewer`. */
  users?: Readonly<Record<string, FarmUser>>;
  /** How long a refresh takes, milliseconds; a restart takes five times as long. Default 60. */
  refreshMs?: number;
  /** SAML is set up everywhere, its key store protected with the instance's own master key. */
  saml?: boolean;
  /** Makes users at login. */
  samlMakesUsers?: boolean;
  /** What a request without a valid login gets where AEM tells who is asking. Default `anonymous`. */
  unknownUser?: 'anonymous' | '401' | '302';
}

export type FarmSettings = Required<FarmOptions>;

/** Fills in the defaults. */
export function settingsOf(options: FarmOptions): FarmSettings {
  return {
    instances: ['publish1', 'publish2', 'publish3'],
    host: '127.0.0.1',
    admin: 'admin:admin',
    users: { viewer: { password: 'viewer', groups: ['everyone', 'subscribers', 'viewers'] } },
    refreshMs: 60,
    saml: false,
    samlMakesUsers: false,
    unknownUser: 'anonymous',
    ...options,
  };
}
