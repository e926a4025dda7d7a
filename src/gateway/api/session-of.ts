import type { z } from 'zod';
import type { Standing } from '../../client.ts';
import { secondsUntil } from './moments.ts';
import type { mvpdSchema, sessionSchema } from './schemas.ts';

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
      };
    case 'signed-in': {
      const { mvpd, type, expiresAt, attributes } = standing.profile;
      return {
        status: 'signed-in',
        mvpd: plain(mvpd),
        type,
        expiresAt: expiresAt.toISOString(),
        expiresIn: secondsUntil(expiresAt),
        ...(viewer ? { attributes } : {}),
      };
    }
    case 'signed-out':
      return {
        status: 'signed-out',
        reason: standing.reason,
        ...(standing.mvpd === undefined ? {} : { mvpd: plain(standing.mvpd) }),
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
