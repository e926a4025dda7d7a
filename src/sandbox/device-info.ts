import { z } from 'zod';
import { objectFromBase64 } from './base64.ts';

const list = (text: string) => z.enum(text.split(', '));
const size = z.union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?$/)]);

/** Keys and values of the page "X-Device-Info"; five keys are required. */
const schema = z.strictObject({
  model: z.string().min(1),
  version: z.string().min(1),
  osName: list(
    'Android, Chrome OS, Linux, Mac OS, OS X, OpenBSD, Roku OS, Windows, iOS, tvOS, webOS',
  ),
  osVersion: z.string().min(1),
  connectionType: z.string().min(1),
  primaryHardwareType: list(
    'Camera, DataCollectionTerminal, Desktop, EmbeddedNetworkModule, eReader, GamesConsole, GeolocationTracker, Glasses, MediaPlayer, MobilePhone, PaymentTerminal, PluginModem, SetTopBox, TV, Tablet, WirelessHotspot, Wristwatch, Unknown',
  ).optional(),
  manufacturer: z.string().optional(),
  vendor: z.string().optional(),
  osFamily: list(
    'Android, BSD, Linux, PlayStation OS, Roku OS, Symbian, Tizen, Windows, iOS, tvOS, macOS, webOS',
  ).optional(),
  osVendor: list(
    'Amazon, Apple, Google, LG, Microsoft, Mozilla, Nintendo, Nokia, Roku, Samsung, Sony, Tizen Project',
  ).optional(),
  browserName: list(
    'Android Browser, Chrome, Edge, Firefox, Internet Explorer, Opera, Safari, SeaMonkey, Symbian Browser',
  ).optional(),
  browserVendor: list(
    'Amazon, Apple, Google, Microsoft, Motorola, Mozilla, Netscape, Nintendo, Nokia, Samsung, Sony Ericsson',
  ).optional(),
  browserVersion: z.string().optional(),
  userAgent: z.string().optional(),
  displayWidth: size.optional(),
  displayHeight: size.optional(),
  displayPpi: size.optional(),
  diagonalScreenSize: size.optional(),
  connectionIp: z.string().optional(),
  connectionPort: size.optional(),
  connectionSecure: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
  applicationId: z.string().optional(),
});

/** The streaming device as its X-Device-Info tells. */
export type DeviceInfo = z.infer<typeof schema>;

/** Reads the header's value; a string says what is wrong with it. */
export function readDeviceInfo(header: string): DeviceInfo | string {
  const object = objectFromBase64(header);
  if (object === undefined) return 'X-Device-Info is not Base64 of a JSON object';
  const result = schema.safeParse(object);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return `X-Device-Info: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'invalid'}`;
}

interface Version {
  major: number;
  minor: number;
  patch: number;
  profile: string;
}

/** The `device` object of "Retrieve authentication session information using code". */
export function describeDevice(info: DeviceInfo, userAgent: string, ip: string): object {
  const browser = info.userAgent ?? userAgent;
  return {
    type: info.primaryHardwareType ?? 'Unknown',
    model: info.model,
    version: version(info.version),
    hardware: {
      name: null,
      vendor: info.vendor ?? null,
      version: version(info.version),
      manufacturer: info.manufacturer ?? null,
    },
    operatingSystem: {
      name: info.osName,
      family: info.osFamily ?? info.osName,
      vendor: info.osVendor ?? 'unknown',
      version: version(info.osVersion),
    },
    browser: {
      name: info.browserName ?? 'unknown',
      vendor: info.browserVendor ?? 'unknown',
      version: version(info.browserVersion ?? ''),
      userAgent: browser,
      originalUserAgent: userAgent,
    },
    display: {
      width: Number(info.displayWidth ?? 0),
      height: Number(info.displayHeight ?? 0),
      ppi: Number(info.displayPpi ?? 0),
      name: 'DISPLAY',
      vendor: null,
      version: null,
      diagonalSize: info.diagonalScreenSize === undefined ? null : String(info.diagonalScreenSize),
    },
    applicationId: info.applicationId ?? null,
    connection: {
      ipAddress: info.connectionIp ?? ip,
      port: String(info.connectionPort ?? 0),
      secure: String(info.connectionSecure ?? false) === 'true',
      type: info.connectionType,
    },
  };
}

function version(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.,]/).map((part) => Number(part) || 0);
  return { major, minor, patch, profile: '' };
}
