import { z } from 'zod';
import { time } from './fields.ts';
import type { V2Input } from './input.ts';
import type { Call, Operation } from './operation.ts';
import { segment } from './paths.ts';
import type { CodeInput } from './sessions.ts';
import type { Send } from './transport.ts';

/** User metadata of one kind. */
export interface ProfileAttribute {
  value: unknown;
  /** `plain` or `enc`. */
  state: string;
}

/** A viewer's sign-in with one provider. */
export interface Profile {
  mvpd: string;
  /** `regular`, `degraded`, `temporary`, `appleSSO`, `platformSSO`, `serviceTokenSSO` or newer. */
  type: string;
  issuer: string;
  /** Epoch milliseconds. */
  notBefore: number;
  /** Epoch milliseconds. */
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
});

// One attribute we can't read must not cost the viewer the others.
const attributesSchema = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((given) => {
    const attributes: Record<string, ProfileAttribute> = {};
    for (const [name, value] of Object.entries(given)) {
      const { data } = attributeSchema.safeParse(value);
      if (data) attributes[name] = { value: data.value, state: data.state };
    }
    return attributes;
  });

const profilesSchema = z.object({
  profiles: z.record(
    z.string(),
    z.object({
      type: z.string(),
      issuer: z.string().catch(''),
      notBefore: time,
      notAfter: time,
      attributes: attributesSchema,
    }),
  ),
});

/** All profiles; empty when nobody is signed in (`rest-api-v2-profiles-apis-retrieve-profiles`). */
export function profiles(send: Send, input: V2Input, call?: Call): Promise<Profile[]> {
  return getProfiles(send, 'profiles', input, '', call);
}

/** The profile of one provider (`...-retrieve-profile-for-specific-mvpd`). */
export async function profileByMvpd(send: Send, input: MvpdInput, call?: Call) {
  const suffix = `/${segment('profileByMvpd', 'mvpd', input.mvpd)}`;
  const found = await getProfiles(send, 'profileByMvpd', input, suffix, call);
  return found.find(({ mvpd }) => mvpd === input.mvpd);
}

/**
 * The profile a sign-in with this code led to, the one with the longest validity when there are
 * several; undefined while the viewer isn't done (`...-retrieve-profile-for-specific-code`).
 */
export async function profileByCode(send: Send, input: CodeInput, call?: Call) {
  const suffix = `/code/${segment('profileByCode', 'code', input.code)}`;
  return longestValid(await getProfiles(send, 'profileByCode', input, suffix, call));
}

function getProfiles(
  send: Send,
  operation: Operation,
  input: V2Input,
  suffix: string,
  call?: Call,
) {
  const { accessToken, serviceProvider, device } = input;
  return send(
    {
      operation,
      method: 'GET',
      path: `/api/v2/${segment(operation, 'serviceProvider', serviceProvider)}/profiles${suffix}`,
      device,
      accessToken,
      parse: (body): Profile[] =>
        Object.entries(profilesSchema.parse(body).profiles).map(([mvpd, profile]) => ({
          mvpd,
          ...profile,
        })),
    },
    call,
  );
}

function longestValid(found: Profile[]): Profile | undefined {
  return found.toSorted((a, b) => b.notAfter - a.notAfter)[0];
}
