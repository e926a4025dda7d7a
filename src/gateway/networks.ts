import { BlockList, isIP } from 'node:net';
import { neighbourhood } from './addresses.ts';

/** Networks without a public address of their own (RFC 1918, 3927, 4193, 4291). */
const HOME = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  HOME.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const) {
  HOME.addSubnet(net, prefix, 'ipv6');
}

/** Whether an address is of a network without public ones; of what is no address, no. */
export function isPrivate(ip: string): boolean {
  const version = isIP(ip);
  return version !== 0 && HOME.check(ip, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether two addresses seem to be in one household; undefined where that can't be told: an IPv4
 * and an IPv6 address, or something that is no address.
 */
export function sameNetwork(one: string, other: string): boolean | undefined {
  const version = isIP(one);
  if (version === 0 || version !== isIP(other)) return undefined;
  // Seen from inside, each device of a household has an address of its own.
  if (isPrivate(one) && isPrivate(other)) return true;
  return neighbourhood(one) === neighbourhood(other);
}
