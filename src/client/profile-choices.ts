import type { ShownProfile } from '../workflows/messages.ts';
import { DevicePassError } from './errors.ts';

/** A profile that a viewer may choose. */
export interface ProfileChoice {
  mvpd: { id: string };
  /** In Adobe's words: `regular`, or a kind of single sign-on. */
  type: string;
  expiresAt: Date;
}

/** Nobody has ever heard of the device: it has none. */
export async function profileChoices(answer: Promise<ShownProfile[]>): Promise<ProfileChoice[]> {
  try {
    const shown = await answer;
    return shown.map(({ mvpd, type, notAfter }) => ({
      mvpd: { id: mvpd },
      type,
      expiresAt: new Date(notAfter),
    }));
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return [];
    throw error;
  }
}
