import type { DeviceFacts } from './device.ts';
import { type Platform, platformOf } from './platforms.ts';

/** Restricted keys of `X-Device-Info` and what they may say, as the page of that name lists it. */
export const DOCUMENTED = {
  primaryHardwareType: [
    'Camera',
    'DataCollectionTerminal',
    'Desktop',
    'EmbeddedNetworkModule',
    'eReader',
    'GamesConsole',
    'GeolocationTracker',
    'Glasses',
    'MediaPlayer',
    'MobilePhone',
    'PaymentTerminal',
    'PluginModem',
    'SetTopBox',
    'TV',
    'Tablet',
    'WirelessHotspot',
    'Wristwatch',
    'Unknown',
  ],
  osName: [
    'Android',
    'Chrome OS',
    'Linux',
    'Mac OS',
    'OS X',
    'OpenBSD',
    'Roku OS',
    'Windows',
    'iOS',
    'tvOS',
    'webOS',
  ],
  osFamily: [
    'Android',
    'BSD',
    'Linux',
    'PlayStation OS',
    'Roku OS',
    'Symbian',
    'Tizen',
    'Windows',
    'iOS',
    'tvOS',
    'macOS',
    'webOS',
  ],
  osVendor: [
    'Amazon',
    'Apple',
    'Google',
    'LG',
    'Microsoft',
    'Mozilla',
    'Nintendo',
    'Nokia',
    'Roku',
    'Samsung',
    'Sony',
    'Tizen Project',
  ],
  browserName: [
    'Android Browser',
    'Chrome',
    'Edge',
    'Firefox',
    'Internet Explorer',
    'Opera',
    'Safari',
    'SeaMonkey',
    'Symbian Browser',
  ],
  browserVendor: [
    'Amazon',
    'Apple',
    'Google',
    'Microsoft',
    'Motorola',
    'Mozilla',
    'Netscape',
    'Nintendo',
    'Nokia',
    'Samsung',
    'Sony Ericsson',
  ],
} as const;

/** Hardware that platforms name otherwise, in small letters. */
const HARDWARE: [told: RegExp, meant: (typeof DOCUMENTED.primaryHardwareType)[number]][] = [
  [/console|playstation|xbox/, 'GamesConsole'],
  [/set.?top|stb|decoder/, 'SetTopBox'],
  [/stick|dongle|stream|player|chromecast/, 'MediaPlayer'],
  [/\btv\b|tv$|television/, 'TV'],
  [/tablet|ipad/, 'Tablet'],
  [/phone|mobile/, 'MobilePhone'],
  [/desktop|laptop|computer|\bpc\b/, 'Desktop'],
];

/**
 * Facts as Adobe documents them. TVs tell what their platform calls itself; Adobe refuses values that
 * it does not list, or takes the device for an unknown, insecure one. So near names become the
 * documented ones, a family and a vendor come with a platform that has no name of its own there, and
 * an optional value without any near one is left out (`rest-api-v2-appendix-headers-x-device-info`).
 */
export function documented(facts: DeviceFacts): DeviceFacts {
  const known = DOCUMENTED.osName.find((name) => plain(name) === plain(facts.osName));
  const platform: Platform = known === undefined ? platformOf(facts.osName) : { osName: known };
  const named = {
    ...facts,
    osName: platform.osName,
    osFamily: near('osFamily', facts) ?? platform.osFamily,
    osVendor: near('osVendor', facts) ?? platform.osVendor,
    browserName: near('browserName', facts),
    browserVendor: near('browserVendor', facts),
    primaryHardwareType: facts.primaryHardwareType && hardware(facts.primaryHardwareType),
  };
  return Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined),
  ) as DeviceFacts;
}

function hardware(told: string): string {
  const same = DOCUMENTED.primaryHardwareType.find((type) => plain(type) === plain(told));
  return same ?? HARDWARE.find(([words]) => words.test(told.toLowerCase()))?.[1] ?? 'Unknown';
}

/** The same but for case, blanks and hyphens; or the first that is a word of what was told. */
function near(
  field: Exclude<keyof typeof DOCUMENTED, 'osName' | 'primaryHardwareType'>,
  { [field]: told }: DeviceFacts,
): string | undefined {
  if (told === undefined) return undefined;
  const names: readonly string[] = DOCUMENTED[field];
  return (
    names.find((name) => plain(name) === plain(told)) ??
    names.find((name) => new RegExp(`\\b${name}`, 'i').test(told))
  );
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
