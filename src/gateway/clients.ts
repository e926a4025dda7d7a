import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type DeviceFacts, deviceFactsSchema } from '../adobe-pass/index.ts';
import { type KeyRing, open, seal, type Sealed, SealedError } from '../sealing/index.ts';
import type { Signed } from './signed.ts';
import type { Statement } from './statements.ts';
import type { Trust } from './trust.ts';

const contentSchema = z.object({
  v: z.literal(1),
  installation: z.string(),
  app: z.string(),
  statement: z.string(),
  iat: z.number(),
  facts: deviceFactsSchema,
  redirectHosts: z.array(z.string()).default([]),
  /** Absent: all. */
  grantTypes: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  /** Whose TV it is, sealed: anybody can read a client id. */
  household: z.string().optional(),
});

/** What a client asked for in its registration, where that is less than everything. */
export type Wishes = Pick<z.infer<typeof contentSchema>, 'grantTypes' | 'scopes'>;

/** One installation of an app, as its client id says. */
export interface Client extends Omit<z.infer<typeof contentSchema>, 'household'> {
  id: string;
  /** Whose TV it is, by its backend's word. */
  household?: string | undefined;
  /** `app:installation`: whose memory it is. */
  device: string;
  /** Short name of the client id, for what is bound to it. */
  thumbprint: string;
}

/**
 * Clients without a database: the client id *is* the registration, signed; its secret is an HMAC
 * of it. Any gateway of the farm checks both offline. A gateway's own list of trust ends them.
 */
export class Clients {
  readonly #signed: Signed;
  readonly #ring: KeyRing;
  readonly #trust: Trust;
  readonly #known = new WeakMap<object, Client>();

  constructor(signed: Signed, ring: KeyRing, trust: Trust) {
    this.#signed = signed;
    this.#ring = ring;
    this.#trust = trust;
  }

  async register(
    { id, app, redirectHosts, deviceId, household }: Statement,
    facts: DeviceFacts,
    { grantTypes, scopes }: Wishes = {},
  ): Promise<{ clientId: string; clientSecret: string; installation: string; issuedAt: number }> {
    const issuedAt = Math.floor(Date.now() / 1000);
    const installation = deviceId === undefined ? randomUUID() : vouched(app, deviceId);
    const clientId = await this.#signed.sign('client', {
      v: 1,
      installation,
      app,
      statement: id,
      iat: issuedAt,
      facts,
      ...(redirectHosts.length > 0 ? { redirectHosts } : {}),
      ...(grantTypes ? { grantTypes } : {}),
      ...(scopes ? { scopes } : {}),
      ...(household === undefined
        ? {}
        : { household: await seal(this.#ring, household, ofClient({ app, installation })) }),
    });
    const { sealingKey } = this.#ring;
    return { clientId, clientSecret: secretOf(sealingKey, clientId), installation, issuedAt };
  }

  /** The client behind an id that we made, unless its statement or installation is at an end. */
  async find(clientId: string): Promise<Client | undefined> {
    const content = await this.#signed.read('client', contentSchema, clientId);
    if (!content) return undefined;
    if (this.#trust.isRevoked(content.statement)) return undefined;
    if (this.#trust.isBlocked(content.installation)) return undefined;
    const known = this.#known.get(content) ?? {
      ...content,
      household: await this.#householdOf(content),
      id: clientId,
      device: `${content.app}:${content.installation}`,
      thumbprint: createHash('sha256').update(clientId).digest('base64url').slice(0, 22),
    };
    this.#known.set(content, known);
    return known;
  }

  async #householdOf(content: z.infer<typeof contentSchema>): Promise<string | undefined> {
    if (content.household === undefined) return undefined;
    try {
      return await open(this.#ring, content.household as Sealed<string>, ofClient(content));
    } catch (error) {
      if (error instanceof SealedError) return undefined;
      throw error;
    }
  }

  /** Whether a statement's own device is blocked already. */
  isBlocked({ app, deviceId }: Statement): boolean {
    return deviceId !== undefined && this.#trust.isBlocked(vouched(app, deviceId));
  }

  hasSecret({ id }: Client, secret: string): boolean {
    const key = this.#ring.find(secret.slice(0, Math.max(0, secret.lastIndexOf('.'))));
    if (!key) return false;
    const expected = Buffer.from(secretOf(key, id));
    const given = Buffer.from(secret);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}

function ofClient({ app, installation }: { app: string; installation: string }) {
  return { purpose: 'household', owner: [app, installation] } as const;
}

function secretOf({ id, secret }: { id: string; secret: Uint8Array }, clientId: string): string {
  const mac = createHmac('sha256', secret).update(`client-secret ${clientId}`).digest('base64url');
  return `${id}.${mac}`;
}

/** A vouched id stays readable by nobody, and can never meet an installation that we named. */
function vouched(app: string, deviceId: string): string {
  const hash = createHash('sha256').update(JSON.stringify(['vouched/v1', app, deviceId]));
  return `v-${hash.digest('base64url')}`;
}
