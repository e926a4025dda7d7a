import { createHash, createHmac } from 'node:crypto';
import type { Place } from '../client.ts';
import { neighbourhood } from './addresses.ts';
import type { GatewaySettings } from './settings.ts';

/** In which an activation page of somebody else's names the viewer's browser. */
export const BROWSER_HEADER = 'x-activation-browser';

/** Who opens a code. */
export interface Caller {
  ip: string;
  place?: Place | undefined;
  /** What the browser keeps to be known again; absent: it is known by its network. */
  browser?: string | undefined;
  /** Experience Cloud ID of the viewer. */
  visitorIdentifier?: string | undefined;
}

/** A browser and its network by names that say nothing about either. */
export function namesOf(
  { ip, browser }: Caller,
  { clientKeys }: Pick<GatewaySettings, 'clientKeys'>,
): { browser: string; network: string } {
  const network = createHmac('sha256', clientKeys.sealingKey.secret)
    .update(`network ${neighbourhood(ip)}`)
    .digest('base64url')
    .slice(0, 22);
  if (browser === undefined) return { browser: network, network };
  return {
    browser: createHash('sha256').update(browser).digest('base64url').slice(0, 22),
    network,
  };
}
