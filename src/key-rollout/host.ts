import { onHost } from '../http/index.ts';
import { KeyRolloutError } from './errors.ts';

/** A user and the way to its password: a function, so that no log and no JSON ever shows it. */
export interface Login {
  user: string;
  password: () => string;
}

/** One AEM instance, as the agent beside it knows it. None of this but the id leaves the host. */
export interface AemHost {
  id: string;
  /** Scheme, host and port. */
  url: string;
  /** The folder that `crx-quickstart` is in. */
  installDir: string;
  /** Outside of the bundles' folders, which an update of a bundle may clear. */
  backupDir: string;
  admin: Login;
  /** No administrator; has to exist on every instance with the same groups. */
  testUser: Login;
}

/**
 * The base URL of an AEM instance, without a slash at the end.
 *
 * @throws KeyRolloutError `cloud_host` for AEM as a Cloud Service, which has neither a console nor
 *   files; `wrong_url` for what is no plain http(s) URL
 */
export function checkedHost(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new KeyRolloutError({
      code: 'wrong_url',
      message: `${JSON.stringify(value)} is no URL of an AEM: give http(s)://host:port`,
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new KeyRolloutError({
      code: 'wrong_url',
      message: `the URL of ${url.host} holds a user: give it as a setting of the agent instead`,
    });
  }
  if (/(^|\.)adobeaemcloud\.com\.*$/.test(url.hostname)) {
    throw new KeyRolloutError({
      code: 'cloud_host',
      message: `${url.host} is AEM as a Cloud Service, which has no console and no key files: set OSGi configuration in code there`,
    });
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new KeyRolloutError({
      code: 'wrong_url',
      message: `${value}: give scheme, host and port only`,
    });
  }
  return url.origin;
}

/**
 * The URL of a path on an instance: passwords and requests go to this host only, whatever an answer
 * or an order calls a path.
 *
 * @throws KeyRolloutError `path_elsewhere`
 */
export function urlOn(host: AemHost, path: string): URL {
  const url = onHost(path, host.url);
  if (url) return url;
  throw elsewhere(host, path);
}

/**
 * The same for an encoded path that has parts of an answer in it: it leads nowhere but where it says.
 *
 * @throws KeyRolloutError `path_elsewhere`
 */
export function urlAt(host: AemHost, path: string): URL {
  const url = urlOn(host, path);
  if (url.pathname === path.split('?')[0]) return url;
  throw elsewhere(host, path);
}

function elsewhere({ id, url }: AemHost, path: string): KeyRolloutError {
  return new KeyRolloutError({
    code: 'path_elsewhere',
    message: `${id}: ${JSON.stringify(path.slice(0, 200))} is no path of ${url} and was not asked for`,
  });
}
