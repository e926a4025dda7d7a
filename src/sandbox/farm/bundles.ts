/** One OSGi bundle; `rests` is the state that it takes when all is well. */
export interface Bundle {
  id: number;
  name: string;
  symbolicName: string;
  stateRaw: number;
  rests: number;
}

export const CRYPTO = 'com.adobe.granite.crypto';
export const CRYPTO_FILE = 'com.adobe.granite.crypto.file';
export const SAML = 'com.adobe.granite.auth.saml';

/** Goes down with the bundle that reads the keys. */
export const DEPENDANTS = [
  CRYPTO,
  SAML,
  'com.adobe.granite.csrf',
  'com.day.crx.sling.crx-auth-token',
];

const ALL: readonly [symbolicName: string, name: string, rests?: number][] = [
  ['org.apache.felix.framework', 'System Bundle'],
  ['org.apache.felix.configadmin', 'Apache Felix Configuration Admin Service'],
  ['org.apache.felix.webconsole', 'Apache Felix Web Management Console'],
  // A fragment is never more than resolved.
  ['org.apache.sling.fragment.transaction', 'Apache Sling Fragment Transaction', 4],
  [CRYPTO, 'Adobe Granite Crypto Support'],
  [CRYPTO_FILE, 'Adobe Granite Crypto Bundle Key Provider'],
  ['org.apache.sling.auth.core', 'Apache Sling Authentication Service'],
  ['com.day.crx.sling.crx-auth-token', 'Day CRX Sling - Token Authentication'],
  ['com.adobe.granite.csrf', 'Adobe Granite CSRF'],
  [SAML, 'Adobe Granite SAML Authentication'],
  // Activated at first use.
  ['com.adobe.granite.workflow.core', 'Adobe Granite Workflow Core', 8],
];

const NAMES: Record<number, string> = {
  2: 'Installed',
  4: 'Resolved',
  8: 'Starting',
  32: 'Active',
};

/** The bundles of an instance; their numbers differ from instance to instance. */
export function makeBundles(instance: number): Bundle[] {
  return ALL.map(([symbolicName, name, rests = 32], index) => ({
    id: index === 0 ? 0 : index * (instance + 2) + 7,
    name,
    symbolicName,
    stateRaw: rests,
    rests,
  }));
}

/** The answer of `bundles.json` and of one bundle. */
export function listing(all: readonly Bundle[], shown: readonly Bundle[]): unknown {
  const count = (state: number) => all.filter(({ stateRaw }) => stateRaw === state).length;
  return {
    status: `Bundle information: ${all.length} bundles in total.`,
    s: [all.length, count(32), count(4), count(4), count(2)],
    data: shown.map(({ id, name, symbolicName, stateRaw, rests }) => ({
      id,
      name,
      fragment: rests === 4,
      stateRaw,
      state: NAMES[stateRaw] ?? 'Unknown',
      version: '1.0.0',
      symbolicName,
      category: '',
    })),
  };
}
