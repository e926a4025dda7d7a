import type { KeyPair } from './key-pair.ts';
import type { OwnedKeys } from './keys.ts';
import { JWE_ALGORITHMS, openedWith, shapeOf } from './schemes.ts';

/** Why an attribute can't be given in clear. */
export type UnreadableReason =
  /** No keys are configured for this app and service provider. */
  | 'no_keys'
  /** None of the configured private keys could be read. */
  | 'no_usable_key'
  /** The value is not what the scheme makes. */
  | 'other_scheme'
  /** No key opens it: it is for another certificate, or another scheme of the same shape. */
  | 'wrong_key'
  /** Adobe says that it could not give it. */
  | 'adobe_error'
  /** A state that is neither `plain` nor `enc`. */
  | 'unknown_state';

/** One attribute of a viewer. `message` is for operators and holds nothing of the value. */
export type MetadataAttribute =
  | { status: 'plain' | 'decrypted'; value: unknown }
  | { status: 'unreadable'; reason: UnreadableReason; message: string };

/** Names as the page "User metadata" writes them, for those that come otherwise. */
const NAMES = [
  'userID',
  'upstreamUserID',
  'householdID',
  'primaryOID',
  'typeID',
  'is_hoh',
  'hba_status',
  'allowMirroring',
  'zip',
  'encryptedZip',
  'channelID',
  'maxRating',
  'language',
  'onNet',
  'inHome',
  'mvpd',
  'expiration_date',
  'remaining_resources',
  'used_assets',
  'tokenSource',
];
const DOCUMENTED = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

/**
 * Attributes of a profile in clear: what is encrypted is opened with the programmer's keys, one after
 * the other. What can't be opened is told one by one and costs none of the others.
 */
export async function readAttributes(
  attributes: Readonly<Record<string, unknown>>,
  keys: OwnedKeys | undefined,
): Promise<Record<string, MetadataAttribute>> {
  const read = new Map<string, MetadataAttribute>();
  for (const [given, attribute] of Object.entries(attributes)) {
    const name = DOCUMENTED.get(given.trim().toLowerCase()) ?? given.trim();
    // Where it comes twice, the one that is written as documented counts.
    if (read.has(name) && given !== name) continue;
    read.set(name, await readAttribute(name, attribute, keys));
  }
  return Object.fromEntries(read);
}

async function readAttribute(
  name: string,
  attribute: unknown,
  keys: OwnedKeys | undefined,
): Promise<MetadataAttribute> {
  const { value, state, error } = fieldsOf(attribute);
  if (error !== undefined && error !== null) {
    return unreadable('adobe_error', `Adobe could not give ${name}: look at the integration`);
  }
  switch (String(state).trim().toLowerCase()) {
    case 'plain':
      return { status: 'plain', value };
    case 'enc':
      return open(name, value, keys);
    default:
      return unreadable('unknown_state', `${name} is neither plain nor enc`);
  }
}

/** A list is opened item by item, and counts only as a whole. */
async function open(
  name: string,
  value: unknown,
  keys: OwnedKeys | undefined,
): Promise<MetadataAttribute> {
  if (!Array.isArray(value)) return openOne(name, value, keys);
  const values: unknown[] = [];
  for (const item of value) {
    const opened = await openOne(name, item, keys);
    if (opened.status === 'unreadable') return opened;
    values.push(opened.value);
  }
  return { status: 'decrypted', value: values };
}

async function openOne(
  name: string,
  value: unknown,
  keys: OwnedKeys | undefined,
): Promise<MetadataAttribute> {
  if (!keys) {
    const advice = 'name them in DEVICEPASS_USER_METADATA, and give them to connect()';
    return unreadable('no_keys', `${name} is encrypted, and there are no keys for it: ${advice}`);
  }
  const { owner, scheme, pairs } = keys;
  const shape = shapeOf(typeof value === 'string' ? value : '');
  if (shape.kind === 'other') {
    return unreadable('other_scheme', `${name} is no ${scheme}: neither a JWE nor a block of RSA`);
  }
  const isJwe = scheme === 'jwe';
  if ((shape.kind === 'jwe') !== isJwe) {
    const is = isJwe ? 'a block of RSA: set an rsa scheme' : 'a JWE: set scheme jwe';
    return unreadable('other_scheme', `${name} is no ${scheme}, but ${is} for ${owner}`);
  }
  if (shape.kind === 'jwe' && !JWE_ALGORITHMS.includes(shape.algorithm)) {
    const known = JWE_ALGORITHMS.join(', ');
    return unreadable('other_scheme', `${name} is a JWE by another algorithm than ${known}`);
  }
  const usable = pairs.flatMap(({ privateKey }) => (privateKey ? [privateKey] : []));
  if (usable.length === 0) {
    return unreadable('no_usable_key', `${name}: ${owner} has no usable key (${why(pairs)})`);
  }
  for (const key of usable) {
    const text = await openedWith(scheme, key, shape);
    if (text !== undefined) return { status: 'decrypted', value: text };
  }
  return unreadable(
    'wrong_key',
    `none of ${usable.length} keys of ${owner} opens ${name} by ${scheme}: compare the certificates with those in the TVE Dashboard, or try another scheme (\`devicepass metadata try\`)`,
  );
}

function why(pairs: readonly KeyPair[]): string {
  const problems = pairs.flatMap((pair) => pair.problems);
  return problems.length > 0 ? problems.join('; ') : 'no privateKeyFile is given';
}

function unreadable(reason: UnreadableReason, message: string): MetadataAttribute {
  return { status: 'unreadable', reason, message };
}

function fieldsOf(attribute: unknown): { value?: unknown; state?: unknown; error?: unknown } {
  return typeof attribute === 'object' && attribute !== null ? attribute : {};
}
