import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createJwtSigner, jwtClaims } from '../../src/ims/jwt.ts';
import { parseCredentials } from '../../src/ims/parse.ts';
import { cleanUp, stage } from './support.ts';

const vector = {
  imsEndpoint: 'ims-na1.adobelogin.com',
  org: '1234@AdobeOrg',
  id: 'ABC@techacct.adobe.com',
  clientId: 'cm-p1-e2',
  metascopes: ['ent_a', 'ent_b'],
};

describe('the JWT', () => {
  after(cleanUp);

  it('has exactly the claims of the reference vector', () => {
    assert.deepEqual(jwtClaims(vector, 1_700_000_300), {
      iss: '1234@AdobeOrg',
      sub: 'ABC@techacct.adobe.com',
      aud: 'https://ims-na1.adobelogin.com/c/cm-p1-e2',
      exp: 1_700_000_300,
      'https://ims-na1.adobelogin.com/s/ent_a': true,
      'https://ims-na1.adobelogin.com/s/ent_b': true,
    });
  });

  it('is RS256 without kid, lives five minutes, and is never the same twice', async () => {
    const { sandbox } = await stage();
    const text = JSON.stringify(sandbox.serviceCredentials());
    const credentials = parseCredentials(text, { writtenAt: 0 });
    assert.ok(credentials.kind === 'service-jwt');
    const sign = createJwtSigner(credentials, () => 0);
    const jwts = await Promise.all([1, 2, 3].map(async () => sign(1_700_000_000_999)));
    assert.equal(new Set(jwts).size, 3);
    assert.deepEqual(decodeProtectedHeader(jwts[0] ?? ''), { alg: 'RS256', typ: 'JWT' });
    assert.equal(decodeJwt(jwts[0] ?? '').exp, 1_700_000_300);
    assert.equal('jti' in decodeJwt(jwts[0] ?? ''), false);
  });

  it('differs between processes that start in the same second, by chance, and lives no longer', async () => {
    const { sandbox } = await stage();
    const text = JSON.stringify(sandbox.serviceCredentials());
    const credentials = parseCredentials(text, { writtenAt: 0 });
    assert.ok(credentials.kind === 'service-jwt');
    const now = 1_700_000_000_999;
    const lives = [0, 0.5, 0.999].map(async (random) => {
      const jwt = await createJwtSigner(credentials, () => random)(now);
      return (decodeJwt(jwt).exp ?? 0) - 1_700_000_000;
    });
    assert.deepEqual(await Promise.all(lives), [300, 270, 241]);
  });
});
