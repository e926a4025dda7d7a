import { credentialError } from './errors.ts';

/** Adobe's own hosts of IMS. */
export const ADOBE_IMS_HOSTS: readonly string[] = ['*.adobelogin.com'];

const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/;
const bareHost = /^(?!-)[a-z0-9.-]+(:\d{1,5})?$/;

/** A bare host name, whether or not somebody wrote a scheme before it. */
export function hostOf(imsEndpoint: string): string {
  return imsEndpoint
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '');
}

/**
 * The origin to send a secret to. The host comes out of a file that somebody uploaded, so only
 * listed ones get it: `host`, `host:port` or `*.domain`, always by https. `http://127.0.0.1:port`
 * (loopback only) lets a stand-in be used.
 *
 * @throws ImsError `host_not_allowed`
 */
export function imsOrigin(imsEndpoint: string, allowed: readonly string[]): string {
  const host = hostOf(imsEndpoint);
  if (bareHost.test(host)) {
    for (const entry of allowed.map((each) => each.toLowerCase())) {
      if (entry === `http://${host}` && loopback.test(host)) return `http://${host}`;
      const below = entry.startsWith('*.') && host.endsWith(entry.slice(1));
      if (below || entry === host) return `https://${host}`;
    }
  }
  throw credentialError(
    'host_not_allowed',
    `allowed are ${allowed.join(', ')}: correct imsEndpoint in the credential, or add the host to IMS_ALLOWED_HOSTS`,
    `imsEndpoint ${host.slice(0, 100)}`,
  );
}
