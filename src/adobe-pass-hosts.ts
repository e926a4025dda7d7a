/** Prefixes of the hosts of one environment: its answers may name any of them. */
const PREFIXES = ['api', 'sp', 'sp-prequal'];
const DOMAINS = ['auth.adobe.com', 'auth-staging.adobe.com'];

/**
 * The origins that a viewer's browser may be sent to: Adobe's hosts of the environment behind `url`,
 * for the API answers at `api.` and its pages are at `sp.` ("REST API V2", server list). Behind an
 * address of one's own, a proxy or a stand-in, may be either environment.
 *
 * @param more - Further origins, from the settings
 */
export function adobePassOrigins(url: string, more: readonly string[] = []): string[] {
  const { origin } = new URL(url);
  const hostsOf = (domain: string) => PREFIXES.map((prefix) => `https://${prefix}.${domain}`);
  const named = DOMAINS.filter((domain) => hostsOf(domain).includes(origin));
  const domains = named.length > 0 ? named : DOMAINS;
  return [...new Set([origin, ...domains.flatMap(hostsOf), ...more])];
}
