import type { Configuration } from './configuration.ts';

/** Something that the roll-out may break. */
export interface Finding {
  message: string;
  /** What endangers it: other keys, or the switch. It is none where that stays as it is. */
  concerns: 'keys' | 'switch';
  /** True where going on needs an explicit word. */
  needsForce: boolean;
}

/** Handlers that can make users at login, and the property that says so; none: always. */
const MAKES_USERS: readonly [pid: RegExp, property?: string][] = [
  [/^com\.adobe\.granite\.auth\.saml\.SamlAuthenticationHandler\b/, 'createUser'],
  [/^com\.adobe\.granite\.auth\.oauth\.provider\b/, 'oauth.create.users'],
  [/^org\.apache\.jackrabbit\.oak\.spi\.security\.authentication\.external\./],
];
const SAML = /^com\.adobe\.granite\.auth\.saml\.SamlAuthenticationHandler\b/;
/** What the master key has encrypted: hexadecimal digits in braces. */
const ENCRYPTED = /^\{[0-9a-f]{32,}\}$/i;

/** What stands in the way, by what is stored on the instance. It sees no passwords in metatypes. */
export function findingsIn(stored: readonly Configuration[], handler: Configuration): Finding[] {
  const findings: Finding[] = [];
  const encrypted = stored.filter(({ properties }) =>
    Object.values(properties)
      .flat()
      .some((value) => value !== undefined && ENCRYPTED.test(value)),
  );
  if (encrypted.length > 0) {
    findings.push({
      concerns: 'keys',
      needsForce: true,
      message: `values encrypted with the present master key will be unreadable: ${namesOf(encrypted)}`,
    });
  }
  const saml = stored.filter((configuration) => SAML.test(nameOf(configuration)));
  if (saml.length > 0) {
    findings.push({
      concerns: 'keys',
      needsForce: true,
      message: `SAML is set up (${namesOf(saml)}): its key store may have to be made anew`,
    });
  }
  const making = stored.filter(makesUsers);
  if (making.length > 0) {
    findings.push({
      concerns: 'switch',
      needsForce: false,
      message: `users are made at login by ${namesOf(making)}: a user must exist on every instance, so keep sticky sessions for them`,
    });
  }
  if (handler.additional.length > 0) {
    findings.push({
      concerns: 'switch',
      needsForce: true,
      message: `the token handler has properties that the console hides (${handler.additional.join(', ')}): note lists among them down, writing empties them`,
    });
  }
  return findings;
}

function makesUsers(configuration: Configuration): boolean {
  return MAKES_USERS.some(
    ([pid, property]) =>
      pid.test(nameOf(configuration)) &&
      (property === undefined || configuration.properties[property] === 'true'),
  );
}

function nameOf({ pid, factoryPid }: Configuration): string {
  return factoryPid ?? pid;
}

function namesOf(configurations: readonly Configuration[]): string {
  const names = configurations.map(({ pid }) => pid);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join(', ')}${more}`;
}
