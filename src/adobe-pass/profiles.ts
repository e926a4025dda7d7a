import { z } from 'zod';
import { isRecord, moment, text } from './fields.ts';
import type { V2Input } from './input.ts';
import { restOfLife } from './lives.ts';
import type { Life, WrittenLife } from './lives.ts';
import { epochMs } from './moments.ts';
import type { Call, Operation } from './operation.ts';
import { segment } from './paths.ts';
import { readableEntries } from './reading.ts';
import type { Reading } from './reading.ts';
import type { CodeInput } from './sessions.ts';
import type { Send } from './transport.ts';

/** User metadata of one kind. */
export interface ProfileAttribute {
  value: unknown;
  /** `plain` or `enc`. */
  state: string;
  /** Adobe could not give it; in the OpenAPI files only. */
  error?: unknown;
}

/** A viewer's sign-in with one provider. */
export interface Profile {
  mvpd: string;
  /** `regular`, `degraded`, `temporary`, `appleSSO`, `platformSSO`, `serviceTokenSSO` or newer. */
  type: string;
  issuer: string;
  /** Epoch milliseconds, as all moments here by our own clock. */
  notBefore: number;
  /** Epoch milliseconds; a profile that is over is not given. */
  notAfter: number;
  attributes: Record<string, ProfileAttribute>;
}

/** A call about the viewer of one MVPD, by its id. */
export interface MvpdInput extends V2Input {
  mvpd: string;
}

const attributeSchema = z.object({
  value: z.unknown().optional(),
  state: z.string().catch('plain'),
  error: z.unknown().optional(),
});

const profileSchema = z
  .object({
    type: text,
    issuer: text,
    notBefore: moment,
    notAfter: moment,
    attributes: z.unknown().optional(),
  })
  // An object with neither is no profile.
  .refine(({ type, notAfter }) => type !== undefined || notAfter !== undefined);

/** Where no end can be told: a day, for whatever has ended before that Adobe refuses. */
const USUAL_MS = 24 * 3_600_000;

/** All profiles; empty when nobody is signed in (`rest-api-v2-profiles-apis-retrieve-profiles`). */
export function profiles(send: Send, input: V2Input, call?: Call): Promise<Profile[]> {
  return getProfiles(send, 'profiles', input, '', call);
}

/** The profile of one provider (`...-retrieve-profile-for-specific-mvpd`). */
export async function profileByMvpd(send: Send, input: MvpdInput, call?: Call) {
  const suffix = `/${segment('profileByMvpd', 'mvpd', input.mvpd)}`;
  const found = await getProfiles(send, 'profileByMvpd', input, suffix, call);
  const exact = found.find(({ mvpd }) => mvpd === input.mvpd);
  if (exact) return exact;
  // Echoed in another case it is the same provider, and has the id that it was asked by.
  const same = found.find(({ mvpd }) => isSame(mvpd, input.mvpd));
  return same && { ...same, mvpd: input.mvpd };
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/**
 * What a sign-in with this code led to, the longest validity first; empty while the viewer isn't
 * done (`...-retrieve-profile-for-specific-code`).
 */
export async function profilesByCode(send: Send, input: CodeInput, call?: Call) {
  const suffix = `/code/${segment('profileByCode', 'code', input.code)}`;
  const found = await getProfiles(send, 'profileByCode', input, suffix, call);
  return found.toSorted((one, other) => other.notAfter - one.notAfter);
}

/** One of the calls that answer with profiles. */
export function getProfiles(
  send: Send,
  operation: 'profiles' | 'profileByMvpd' | 'profileByCode' | 'partnerProfile',
  input: V2Input,
  suffix: string,
  call?: Call,
  posted?: { body: string; secrets: string[] },
) {
  const { accessToken, serviceProvider, device } = input;
  return send(
    {
      operation,
      method: posted ? 'POST' : 'GET',
      ...posted,
      path: `/api/v2/${segment(operation, 'serviceProvider', serviceProvider)}/profiles${suffix}`,
      device,
      accessToken,
      goodPart: 'profiles',
      parse: (body, reading): Profile[] =>
        readableEntries(body['profiles'], 'profiles', profileSchema, reading).flatMap(
          ([mvpd, written]) => {
            const life = lifeOf(endOfTrial(written), operation, mvpd, reading);
            if (!life) return [];
            const { type = 'unknown', issuer = '' } = written;
            const attributes = attributesOf(written.attributes, mvpd, reading);
            return [{ mvpd, type, issuer, ...life, attributes }];
          },
        ),
    },
    call,
  );
}

/** What ends first holds: nobody but the programmer stops the stream of a trial (`temp-pass-feature`). */
function endOfTrial(written: z.infer<typeof profileSchema>): WrittenLife {
  const { type, notBefore, notAfter, attributes } = written;
  const attribute = isRecord(attributes) ? attributes['expiration_date'] : undefined;
  const expires = isRecord(attribute) ? epochMs(attribute['value']) : undefined;
  if (type !== 'temporary' || expires === undefined) return { notBefore, notAfter };
  return { notBefore, notAfter: Math.min(notAfter ?? expires, expires) };
}

/** Undefined for a profile that is over: it counts as none. */
function lifeOf(
  { notBefore, notAfter }: WrittenLife,
  operation: Operation,
  mvpd: string,
  reading: Reading,
): Life | undefined {
  const { at, clock, note } = reading;
  if (notAfter === undefined) {
    note(`profiles.${mvpd} has no end`);
    return { notBefore: at, notAfter: at + USUAL_MS };
  }
  const rest = restOfLife({ notBefore, notAfter }, reading);
  if (rest) return rest;
  // A code is minutes old, and so is what it led to: rather Adobe's clock is behind than the profile over.
  if (operation === 'profileByCode' && clock.aheadMs === undefined && notBefore !== undefined) {
    const span = notAfter - notBefore;
    if (span > 0) return { notBefore: at, notAfter: at + span };
  }
  note(`profiles.${mvpd} is over`);
  return undefined;
}

/** One attribute we can't read must not cost the viewer the others. */
function attributesOf(given: unknown, mvpd: string, reading: Reading): Profile['attributes'] {
  if (given === undefined || given === null) return {};
  const name = `profiles.${mvpd}.attributes`;
  return Object.fromEntries(
    readableEntries(given, name, attributeSchema, reading).map(([key, { value, state, error }]) => [
      key,
      { value, state, ...(error === undefined ? {} : { error }) },
    ]),
  );
}
