import { z } from 'zod';
import { DOCUMENTED } from './documented-names.ts';
import type { ViewerTokens } from './viewer-tokens.ts';

const textOr = (error: string) =>
  z
    .string({ error })
    .trim()
    .min(1, 'is empty: give a text')
    .max(256, 'is longer than 256 characters');
const text = textOr('give a text');

/** A value of Adobe's list, or what the platform says: `documented` finds the one to send. */
function oneOf(field: keyof typeof DOCUMENTED) {
  const listed = `Adobe lists ${DOCUMENTED[field].join(', ')}`;
  return textOr(`give a text: ${listed}`).meta({
    description: `${listed}; near names become these`,
    examples: [...DOCUMENTED[field]],
  });
}

const positive = z.number().positive();

/**
 * What a TV tells of itself, and what Adobe reads from `X-Device-Info`. It describes the streaming
 * device, never the server. Unknown keys are dropped: only documented ones may be sent. Missing or
 * wrong values make Adobe treat the device as an insecure, unknown platform with shorter
 * lifetimes, so what must be there is asked for, and `documented` brings names to those of Adobe.
 * Source: `rest-api-v2-appendix-headers-x-device-info`.
 */
export const deviceFactsSchema = z.object({
  primaryHardwareType: oneOf('primaryHardwareType').optional(),
  model: text,
  version: text,
  manufacturer: text.optional(),
  vendor: text.optional(),
  osName: oneOf('osName'),
  osFamily: oneOf('osFamily').optional(),
  osVendor: oneOf('osVendor').optional(),
  osVersion: text,
  browserName: oneOf('browserName').optional(),
  browserVendor: oneOf('browserVendor').optional(),
  browserVersion: text.optional(),
  userAgent: z.string().min(1).max(1024).optional(),
  /** Pixels. */
  displayWidth: positive.optional(),
  /** Pixels. */
  displayHeight: positive.optional(),
  displayPpi: positive.optional(),
  /** Inches. */
  diagonalScreenSize: positive.optional(),
  /** Free text; `WiFi`, `LAN`, `3G`, `4G` and `5G` are usual. */
  connectionType: text,
  /** False on a public hot spot. */
  connectionSecure: z.boolean().optional(),
  applicationId: text.optional(),
});

/**
 * Where the device's own request came from. The port matters too: home-based authentication needs
 * both (`rest-api-v2-checklist`, "Headers").
 */
export const networkSchema = z.object({
  ip: z.union([z.ipv4(), z.ipv6()], { error: 'ip must be an IPv4 or IPv6 address' }),
  port: z.number().int().min(1).max(65535).optional(),
});

export type DeviceFacts = z.infer<typeof deviceFactsSchema>;
export type Network = z.infer<typeof networkSchema>;

/** The device on whose behalf a call is made. */
export interface StreamingDevice {
  /** Stable and already hashed (see `hashDeviceId`); goes Base64 into `AP-Device-Identifier`. */
  identifier: string;
  facts: DeviceFacts;
  /** Public address of the device: throttle key and `X-Forwarded-For`. */
  ip: string;
  /** Source port of the device. */
  port?: number;
  /** The device's own User-Agent. Without it none is sent, since ours would describe the server. */
  userAgent?: string;
  /** Of its viewer; each goes into a header where the operation lists it. */
  viewerTokens?: ViewerTokens;
  /** Of a viewer in a promotional TempPass; sent where `AP-TempPass-Identity` is listed. */
  tempPassIdentity?: TempPassIdentity;
}

/**
 * What a promotional TempPass knows a viewer by: never the address itself (`temp-pass-feature`; the
 * page of the header shows one in clear).
 */
export interface TempPassIdentity {
  /** Name of the field in the header's JSON, as agreed for the integration. */
  key: string;
  /** SHA-256 or SHA-512, lower-case hex. */
  hash: string;
}
