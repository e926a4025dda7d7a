import assert from 'node:assert/strict';
import type { Sealed } from '../../../src/sealing/index.ts';
import { currentDetails } from '../../../src/workflows/current-details.ts';
import { awaitLogin, newDevice, signIn, signOut } from '../../../src/workflows/state.ts';

const NOW = Date.UTC(2026, 0, 1);
const fresh = newDevice('demo', 'device');
const waiting = awaitLogin(fresh, {
  code: 'ABCDEFG',
  startedAt: NOW,
  notAfter: NOW + 1_800_000,
  missingParameters: [],
  screen: 'second',
  proof: 'sealed.proof' as Sealed<null>,
});
const signedIn = signIn(waiting, {
  mvpd: 'NorthCable',
  type: 'regular',
  issuer: 'NorthCable',
  notAfter: NOW + 3_600_000,
  attributes: 'sealed.attributes' as Sealed<Record<string, unknown>>,
});

describe('the details of a device for operators', () => {
  it('say first where it stands', () => {
    const headline = (state: typeof fresh, now = NOW) => currentDetails(state, now).split('\n')[0];
    assert.equal(headline(fresh), '**Signed out (new)**');
    assert.equal(
      headline(waiting),
      '**Waiting for a login with code ABCDEFG until 2026-01-01T00:30:00Z**',
    );
    assert.equal(headline(signedIn), '**Signed in with NorthCable until 2026-01-01T01:00:00Z**');
    assert.equal(headline(signedIn, NOW + 3_600_000), '**Signed out (profile-expired)**');
    assert.equal(headline(signOut(signedIn, 'logout')), '**Signed out (logout)**');
  });

  it('name the last error with its trace, and the calls, newest first', () => {
    const text = currentDetails(
      {
        ...signedIn,
        lastError: {
          operation: 'authorize',
          at: NOW,
          code: 'server_error',
          action: 'retry',
          status: 503,
          trace: 'abc-1',
          message: 'away',
        },
        calls: [
          { operation: 'token', at: NOW, ms: 3, status: 201 },
          {
            operation: 'authorize',
            at: NOW,
            ms: 7,
            status: 503,
            code: 'server_error',
            trace: 'abc-1',
          },
        ],
      },
      NOW,
    );
    assert.match(text, /Last error: `server_error` \(authorize, action retry, HTTP 503\)/);
    assert.match(text, /away Trace `abc-1`\./);
    const rows = text.split('\n').slice(-2);
    assert.equal(rows[0], '| authorize | 2026-01-01T00:00:00Z | 503 server_error | 7 |  | abc-1 |');
    assert.equal(rows[1], '| token | 2026-01-01T00:00:00Z | 201 | 3 |  |  |');
  });

  it('say which play was refused, and what the viewer was told', () => {
    const text = currentDetails(
      {
        ...signedIn,
        lastError: {
          operation: 'authorize',
          at: NOW,
          code: 'authorization_denied_by_mvpd',
          action: 'none',
          message: 'The MVPD denied it.',
          resource: `<rss version="2.0">\n|${'x'.repeat(100)}</rss>`,
          details: 'Not in your package.',
        },
        calls: [{ operation: 'authorize', at: NOW, ms: 7, status: 200, about: 'a|b\nc' }],
      },
      NOW,
    );
    assert.match(text, /`authorization_denied_by_mvpd` \(authorize of <rss version="2\.0"> x+…, /);
    assert.match(text, /The viewer was told: Not in your package\./);
    assert.equal(
      text.split('\n').at(-1),
      '| authorize | 2026-01-01T00:00:00Z | 200 | 7 | a b c |  |',
    );
  });

  it('hold nothing that is sealed', () => {
    assert.ok(!currentDetails(signedIn, NOW).includes('sealed.attributes'));
  });
});
