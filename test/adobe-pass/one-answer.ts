import type { CallRecord } from '../../src/adobe-pass/index.ts';
import { base, clientOf, recorder } from './support.ts';
import type { Reply } from './support.ts';

export const viewer = { ...base, mvpd: 'Cable' };
export const redirectUrl = 'https://app.example/done';

/** A client of a server that always gives the same answer, and what operators hear of it. */
export async function answering(body: unknown, reply: Reply = {}) {
  const pass = clientOf(await recorder(() => ({ body, ...reply })));
  const notes: (string | undefined)[] = [];
  const call = { onCall: ({ note }: CallRecord) => void notes.push(note) };
  return { pass, call, notes };
}

/** A profile that holds for an hour. */
export const good = () => ({
  type: 'regular',
  issuer: 'Cable',
  notBefore: Date.now() - 1000,
  notAfter: Date.now() + 3_600_000,
  attributes: { userID: { value: 'u', state: 'plain' } },
});
