import assert from 'node:assert/strict';
import { stillGood, type ViewerTokens, withoutBroken } from '../../src/adobe-pass/index.ts';

const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
const jws = (claims: unknown) => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const jwe = 'aGVhZA..aXY.dGV4dA.dGFn';

describe('tokens of a platform', () => {
  const kept = (subjectToken: string, sift: (tokens: ViewerTokens) => ViewerTokens) =>
    sift({ subjectToken, visitorIdentifier: 'ecid' }).subjectToken === subjectToken;

  it('count until their end, a minute more for clocks that differ, and for ever where none is told', () => {
    const good = [inSeconds(60), inSeconds(-30), 'tomorrow', undefined].map((exp) => jws({ exp }));
    for (const token of [...good, jws(null), 'a.b.c', jwe]) {
      assert.ok(kept(token, stillGood) && kept(token, withoutBroken), token);
    }
    const over = jws({ exp: inSeconds(-62) });
    assert.ok(!kept(over, stillGood) && !kept(over, withoutBroken));
  });

  it('count as none where they are none, and nothing else goes with them', () => {
    for (const broken of ['', ' ', 'x', 'a.b', 'a.b.c.d', 'a.b.c d', 'x'.repeat(6_000) + '.b.c']) {
      const tokens = { subjectToken: broken, rokuConnectToken: jwe, visitorIdentifier: 'ecid' };
      assert.deepEqual(withoutBroken(tokens), { rokuConnectToken: jwe, visitorIdentifier: 'ecid' });
    }
    // As the library of Amazon may answer.
    const nothing = JSON.parse('{"subjectToken":null}') as ViewerTokens;
    assert.deepEqual(withoutBroken(nothing), {});
  });
});
