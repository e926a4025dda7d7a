import { createHash, randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Signed } from './signed.ts';
import type { Trust } from './trust.ts';

/** What a software statement says of an app (RFC 7591, section 2.3). */
export interface Statement {
  /** Identifies the statement for revocation. */
  id: string;
  /** The app of the workers' configuration. */
  app: string;
  /** Hosts to which a login on the TV's own screen may return. */
  redirectHosts: string[];
  /** Stable id of the device, where a backend vouches for it. */
  deviceId?: string;
  /** Whose TV it is, where a backend vouches for that too: id of the viewer at its identity service. */
  household?: string;
}

const APP = z.string().regex(/^[A-Za-z0-9._-]{1,60}$/);
const HOSTS = z.array(z.string().min(1).max(253)).max(20).default([]);

const ours = z.object({
  iss: z.string(),
  jti: z.string().min(1),
  software_id: APP,
  iat: z.number(),
  exp: z.number().optional(),
  redirect_hosts: HOSTS,
});

/** With which backends may sign. */
export const BACKEND_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'] as const;
/** A backend's statement is for one registration: what leaks later is worth nothing. Seconds. */
const BACKEND_STATEMENT_LIFE_S = 86_400;

const theirs = z.object({
  iat: z.number(),
  exp: z.number(),
  jti: z.string().min(1).max(128).optional(),
  software_id: APP,
  device_id: z.string().min(1).max(256).optional(),
  household: z.string().trim().min(1).max(256).optional(),
  redirect_hosts: HOSTS,
});

/** A statement that nobody we trust made, or that ended. */
export class InvalidStatement extends Error {
  override name = 'InvalidStatement';
}

interface IssueOptions {
  issuer: string;
  app: string;
  redirectHosts?: string[];
  /** After it no TV registers anew; those registered stay. */
  expiresAt?: Date;
}

/** A statement of ours, to be shipped in an app: it is not secret. */
export async function issueStatement(
  signed: Signed,
  { issuer, app, redirectHosts = [], expiresAt }: IssueOptions,
): Promise<{ id: string; statement: string }> {
  const id = randomUUID();
  const statement = await signed.sign('statement', {
    iss: issuer,
    jti: id,
    software_id: app,
    iat: Math.floor(Date.now() / 1000),
    ...(expiresAt ? { exp: Math.floor(expiresAt.getTime() / 1000) } : {}),
    redirect_hosts: redirectHosts,
  });
  return { id, statement };
}

/**
 * Reads a statement of ours, or one that the programmer's backend signed for one device.
 *
 * @throws InvalidStatement
 */
export async function readStatement(
  text: string,
  { signed, trust, issuer }: { signed: Signed; trust: Trust; issuer: string },
): Promise<Statement> {
  const own = await signed.read('statement', ours, text);
  if (!own) return readBackendStatement(text, trust, issuer);
  if (own.iss !== issuer) throw new InvalidStatement('the statement is for another gateway');
  if (own.exp !== undefined && own.exp * 1000 <= Date.now()) {
    throw new InvalidStatement('the statement has expired: ship a newer one');
  }
  return { id: own.jti, app: own.software_id, redirectHosts: own.redirect_hosts };
}

/** Only a backend whose keys are on file may name a device; its statements are for us and short. */
async function readBackendStatement(
  text: string,
  trust: Trust,
  issuer: string,
): Promise<Statement> {
  try {
    const app = APP.parse(decodeJwt(text)['software_id']);
    const keys = trust.backendKeys(app);
    if (!keys) throw new InvalidStatement('the statement is not signed by anybody we know');
    const { payload } = await jwtVerify(text, createLocalJWKSet(keys), {
      audience: issuer,
      requiredClaims: ['iat', 'exp'],
      maxTokenAge: BACKEND_STATEMENT_LIFE_S,
      clockTolerance: 60, // seconds
      algorithms: [...BACKEND_ALGORITHMS],
    });
    const { jti, software_id, device_id, household, redirect_hosts, iat, exp } =
      theirs.parse(payload);
    if (household !== undefined && device_id === undefined) {
      // Whoever finds the statement could put a TV of theirs into the household.
      throw new InvalidStatement(
        'a household is vouched for of one device: name its device_id too',
      );
    }
    if (exp - iat > BACKEND_STATEMENT_LIFE_S) {
      throw new InvalidStatement('a backend signs for a day at most: make exp - iat smaller');
    }
    return {
      id: jti ?? createHash('sha256').update(text).digest('base64url').slice(0, 22),
      app: software_id,
      redirectHosts: redirect_hosts,
      ...(device_id === undefined ? {} : { deviceId: device_id }),
      ...(household === undefined ? {} : { household }),
    };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
      throw new InvalidStatement('the statement was changed, has expired, or is not for us');
    }
    throw error;
  }
}
