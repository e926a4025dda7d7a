import { z } from 'zod';
import type { Access, Waiting } from '../client.ts';
import type { Client } from './clients.ts';
import type { Signed } from './signed.ts';

const deviceCodeSchema = z.object({
  /** `app:installation` */
  d: z.string(),
  /** The device's generation: one Adobe session, or one sign-in. */
  g: z.number(),
  /** The grant that it leads to. */
  n: z.number(),
  scope: z.string(),
  /** ms since the epoch */
  exp: z.number(),
});

const refreshSchema = z.object({
  /** Thumbprint of the client. */
  c: z.string(),
  g: z.number(),
  n: z.number(),
  scope: z.string(),
  /** ms since the epoch: the profile's end. */
  exp: z.number(),
});

export type DeviceCode = z.infer<typeof deviceCodeSchema>;
export type RefreshToken = z.infer<typeof refreshSchema>;

/** After a code ended, how long a sign-in that was under way still counts, in ms. */
export const GRACE_MS = 120_000;
/** How long the answer for somebody who is signed in already can be used, in ms. */
const SIGNED_IN_CODE_MS = 300_000;

/**
 * Device codes (RFC 8628) and refresh tokens (RFC 6749, section 1.5), both signed and stateless. A
 * device code is the same text each time that it is asked for, at every gateway of the farm.
 */
export class Grants {
  readonly #signed: Signed;

  constructor(signed: Signed) {
    this.#signed = signed;
  }

  async deviceCode(
    client: Client,
    standing: Waiting | Access,
    scope: string,
  ): Promise<{ code: string; expiresAt: number }> {
    const expiresAt =
      standing.status === 'pending' ? standing.expiresAt.getTime() : Date.now() + SIGNED_IN_CODE_MS;
    const { generation: g, grant: n = 0 } = standing;
    const content: DeviceCode = { d: client.device, g, n, scope, exp: expiresAt };
    return { code: await this.#signed.sign('device-code', content), expiresAt };
  }

  async readDeviceCode(text: string): Promise<DeviceCode | undefined> {
    return this.#signed.read('device-code', deviceCodeSchema, text);
  }

  /** Bound to the client, not rotated: a lost answer must not sign a viewer out. */
  async refreshToken(client: Client, standing: Access, scope: string): Promise<string> {
    const content: RefreshToken = {
      c: client.thumbprint,
      g: standing.generation,
      n: standing.grant ?? 0,
      scope,
      exp: standing.profile.expiresAt.getTime(),
    };
    return this.#signed.sign('refresh', content);
  }

  async readRefreshToken(text: string): Promise<RefreshToken | undefined> {
    return this.#signed.read('refresh', refreshSchema, text);
  }
}
