import assert from 'node:assert/strict';
import type { Sealed } from '../../../src/sealing/index.ts';
import { standing } from '../../../src/workflows/standing.ts';
import * as state from '../../../src/workflows/state.ts';

const sealed = <T>(text: string) => text as Sealed<T>;
const mvpd = { id: 'NorthCable', displayName: 'North Cable', logoUrl: 'https://example.com/n.svg' };
const session = {
  code: 'ABCDEFG',
  startedAt: 1_000,
  notAfter: 2_000,
  missingParameters: [],
  screen: 'second',
  proof: sealed<null>('proof'),
} as const;
const profile = {
  mvpd: 'NorthCable',
  type: 'regular',
  issuer: 'NorthCable',
  notAfter: 10_000,
  attributes: sealed<Record<string, unknown>>('attributes'),
};
const fresh = state.newDevice('demo', 'device');
const waiting = state.awaitLogin(fresh, { ...session, missingParameters: [], mvpd });
const registration = { credentials: sealed<{ clientId: string; clientSecret: string }>('c') };

describe('the state of a device', () => {
  it('begins signed out and grows a generation with each phase and each code', () => {
    assert.deepEqual(fresh.phase, { name: 'signed-out', reason: 'new' });
    const another = state.awaitLogin(waiting, {
      ...session,
      missingParameters: [],
      code: 'GFEDCBA',
    });
    const signedIn = state.signIn(another, profile);
    const out = state.signOut(signedIn, 'logout');
    assert.deepEqual(
      [fresh, waiting, another, signedIn, out].map(({ generation }) => generation),
      [0, 1, 2, 3, 4],
    );
  });

  it('does not change the value that it came from', () => {
    const before = structuredClone(waiting);
    state.signIn(waiting, profile);
    state.recordAnswer(waiting, 'id', 1);
    state.addWatcher(waiting, { id: 'w', taskQueue: 'q' });
    assert.deepEqual(waiting, before);
  });

  it('remembers the provider as the picker showed it, through sign-in and sign-out [CFG-05] [CFG-06] [CFG-07]', () => {
    const out = state.signOut(state.signIn(waiting, profile), 'logout');
    assert.deepEqual(out.rememberedMvpd, mvpd);
    const other = state.signIn(waiting, { ...profile, mvpd: 'SkyDish' });
    assert.deepEqual(other.rememberedMvpd, { id: 'SkyDish' });
  });

  it('keeps nothing of the viewer after a sign-out, in no answer either [S2S-34]', () => {
    const signedIn = state.signIn({ ...waiting, registration }, profile);
    const told = state.recordAnswer(signedIn, 'authenticate:1', standing(signedIn, 0));
    const both = state.recordAnswer(told, 'watch:2', standing(waiting, 0));
    assert.ok(JSON.stringify(both).includes('attributes'));
    for (const reason of ['logout', 'profile-expired'] as const) {
      const out = state.signOut(both, reason);
      assert.ok(!JSON.stringify(out).includes('attributes'), JSON.stringify(out));
      assert.deepEqual(
        out.answers.map(({ id }) => id),
        ['watch:2'],
      );
      assert.deepEqual([out.registration, out.rememberedMvpd], [registration, mvpd]);
    }
  });

  it('gives each sign-in a grant of its own, and a new one in its place when it is revoked', () => {
    const first = state.signIn(waiting, profile);
    const revoked = state.revokeGrant(first, 0);
    assert.deepEqual([revoked.grant, revoked.generation], [1, first.generation + 1]);
    assert.equal(state.revokeGrant(revoked, 0), revoked, 'repeated, it ends nothing more');
    const again = { ...session, missingParameters: [] };
    const next = state.awaitLogin(state.signOut(revoked, 'logout'), again);
    assert.equal(state.signIn(next, profile).grant, 2);
    const another = state.signIn(state.awaitLogin(first, again), profile);
    assert.equal(another.grant, 1, 'another provider is another sign-in');
    const waits = state.revokeGrant(waiting, 0);
    assert.deepEqual([waits.grant, waits.generation], [1, waiting.generation], 'a wait goes on');
  });

  it('takes a provider for the code on the screen without a new generation', () => {
    const open = state.awaitLogin(fresh, {
      ...session,
      missingParameters: ['mvpd'],
      url: 'https://old.example',
    });
    const chosen = state.chooseMvpd(open, { mvpd, missingParameters: [] });
    assert.equal(chosen.generation, open.generation);
    assert.ok(chosen.phase.name === 'awaiting-login');
    assert.deepEqual([chosen.phase.mvpd, chosen.phase.url], [mvpd, undefined]);
    assert.equal(state.chooseMvpd(fresh, { mvpd, missingParameters: [] }), fresh);
  });

  it('loses registration and sign-in together, and only once', () => {
    const lost = state.loseRegistration(state.signIn({ ...waiting, registration }, profile));
    assert.equal(lost.registration, undefined);
    assert.deepEqual(lost.phase, { name: 'signed-out', reason: 'registration-lost' });
    assert.equal(state.loseRegistration(lost).generation, lost.generation);
    assert.equal(state.dropRegistration({ ...waiting, registration }).phase, waiting.phase);
  });

  it('keeps the last 20 calls and answers, and 20 watchers by id', () => {
    const numbers = Array.from({ length: 25 }, (_, index) => index);
    let next = fresh;
    for (const index of numbers) {
      next = state.recordCalls(next, [{ operation: `${index}`, at: index, ms: 1 }]);
      next = state.recordAnswer(next, `${index}`, index);
      next = state.addWatcher(next, { id: `${index}`, taskQueue: 'old' });
    }
    assert.deepEqual(
      [next.calls[0]?.operation, next.answers[0]?.id, next.watchers[0]?.id],
      ['5', '5', '5'],
    );
    assert.deepEqual([next.calls.length, next.answers.length, next.watchers.length], [20, 20, 20]);
    const moved = state.addWatcher(next, { id: '7', taskQueue: 'new' });
    assert.deepEqual(moved.watchers.at(-1), { id: '7', taskQueue: 'new' });
    assert.equal(moved.watchers.length, 20);
    assert.equal(state.removeWatcher(moved, '7').watchers.length, 19);
  });
});

describe('where a device stands', () => {
  it('is signed out from the moment that the profile ends, whatever the phase says', () => {
    const signedIn = state.signIn(waiting, profile);
    assert.equal(standing(signedIn, 9_999).status, 'signed-in');
    assert.deepEqual(standing(signedIn, 10_000), {
      status: 'signed-out',
      generation: 2,
      reason: 'profile-expired',
      mvpd,
    });
  });

  it('shows the code and what is missing while it waits', () => {
    assert.deepEqual(standing(waiting, 1_500), {
      status: 'pending',
      generation: 1,
      code: 'ABCDEFG',
      expiresAt: 2_000,
      missingParameters: [],
      proof: 'proof',
      mvpd,
    });
  });
});
