import { createHash } from 'node:crypto';

// Part of every identifier ever made: changing it signs every viewer out.
const salt = 'devicepass/device-identifier/v1';

/**
 * Makes the identifier that Adobe sees from the one the app chose: SHA-256, lower-case hex, 64
 * characters. The same input always yields the same value (profiles are bound to it), and a
 * hardware id an app might use never leaves this service
 * (`rest-api-v2-checklist`, "Headers"; `rest-api-v2-appendix-headers-ap-device-identifier`).
 *
 * @param app - The app's name, so that two apps of one TV don't share an identifier.
 * @param deviceId - What the app keeps in its storage.
 */
export function hashDeviceId(app: string, deviceId: string): string {
  // JSON keeps ('a', 'bc') and ('ab', 'c') apart.
  return createHash('sha256')
    .update(JSON.stringify([salt, app, deviceId]))
    .digest('hex');
}
