import type { z } from 'zod';
import type { Standing, Waiting } from '../../client.ts';
import { secondsSince, secondsUntil } from './moments.ts';
import type { confirmationSchema, mvpdSchema, sessionSchema } from './schemas.ts';

type Session = z.infer<typeof sessionSchema>;

/** Where a device stands, as the API shows it. */
export function sessionOf(standing: Standing, { viewer = false } = {}): Session {
  switch (standing.status) {
    case 'pending':
      return {
        status: 'pending',
        userCode: standing.code,
        expiresAt: standing.expiresAt.toISOString(),
        expiresIn: secondsUntil(standing.expiresAt),
        ...(standing.url === undefined ? {} : { url: standing.url }),
        ...(standing.mvpd === undefined ? {} : { mvpd: plain(standing.mvpd) }),
        ...questionIn(standing),
        ...(standing.fallback === undefined ? {} : { fallback: standing.fallback }),
      };
    case 'signed-in': {
      const { mvpd, type, expiresAt, attributes, trial } = standing.profile;
      return {
        status: 'signed-in',
        mvpd: plain(mvpd),
        type,
        expiresAt: expiresAt.toISOString(),
        expiresIn: secondsUntil(expiresAt),
        ...(trial ? { trial } : {}),
        ...(viewer ? { attributes } : {}),
      };
    }
    case 'signed-out':
      return {
        status: 'signed-out',
        reason: standing.reason,
        ...(standing.mvpd === undefined ? {} : { mvpd: plain(standing.mvpd) }),
        ...(standing.partner === undefined ? {} : { partner: standing.partner }),
      };
  }
}

function plain(mvpd: z.infer<typeof mvpdSchema>): z.infer<typeof mvpdSchema> {
  const { id, displayName, logoUrl } = mvpd;
  return {
    id,
    ...(displayName === undefined ? {} : { displayName }),
    ...(logoUrl === undefined ? {} : { logoUrl }),
  };
}

/** What the TV has to ask, if anything. */
export function questionOf({ code, confirmation }: Waiting): Question | undefined {
  if (!confirmation) return undefined;
  const { id, askedAt, place } = confirmation;
  return {
    id,
    user_code: code,
    askedAt: askedAt.toISOString(),
    askedAgo: secondsSince(askedAt),
    ...(place ? { place } : {}),
  };
}

function questionIn(standing: Waiting): { confirmation?: Question } {
  const confirmation = questionOf(standing);
  return confirmation ? { confirmation } : {};
}

type Question = z.infer<typeof confirmationSchema>;
