import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createLogger } from '../../src/log.ts';
import { freePort } from '../http/support.ts';
import { eventually } from '../support/stack.ts';
import { forged, tokenFor, VERIFY_PATH } from '../media-tokens/support.ts';
import { type Answer, type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

const PATH = '/v1/media-tokens/verify';

describe('media tokens that backends bring to the gateway [TOK-03]', () => {
  let farm: Farm;
  let key: CryptoKey;
  let backend: Tv;
  let sideCar: string | undefined;
  const lines: string[] = [];
  const brought: string[] = [];

  before(async function () {
    this.timeout(300_000);
    farm = await startFarm({
      mediaTokens: (sandboxUrl) => ({ verifier: { url: sideCar ?? sandboxUrl + VERIFY_PATH } }),
      logger: createLogger('debug', { write: (line: string) => void lines.push(line) }),
    });
    const pair = await generateKeyPair('ES256');
    key = pair.privateKey;
    const keys = [await exportJWK(pair.publicKey)];
    const trust = { backends: { [farm.tvApp]: { keys } } };
    await writeFile(farm.env['GATEWAY_STATEMENTS'] ?? '', JSON.stringify(trust));
    backend = new Tv(farm);
    const known = async () => (await verify({})).status === 400;
    await eventually(known, 'the gateway has read the keys of the backend');
  });
  after(() => farm.stop());

  const signed = async ({
    aud = farm.url + PATH,
    iss = farm.tvApp,
    life = 300,
    age = 0,
    by = key,
  } = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000) - age;
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(iss)
      .setAudience(aud)
      .setIssuedAt(now)
      .setExpirationTime(now + life)
      .sign(by);
  };
  const verify = async (
    json: Record<string, unknown>,
    token?: string,
    url?: string,
  ): Promise<Answer> => {
    if (typeof json['token'] === 'string') brought.push(json['token']);
    return backend.send(PATH, {
      json,
      token: token ?? (await signed()),
      ...(url === undefined ? {} : { url }),
    });
  };

  it('are released where they are valid, as the TV got them', async () => {
    const tv = await Tv.registered(farm);
    const { body: code } = await tv.authorize();
    await signIn(farm, code['user_code']);
    const { body: tokens } = await pollUntilDone(tv, code['device_code']);
    const { body: play } = await tv.send('/v1/authorize', {
      token: String(tokens['access_token']),
      json: { resource: 'REF30' },
    });
    const token = (play['mediaToken'] as { value: string }).value;
    const { status, body } = await verify({ token, resource: 'REF30', serviceProvider: 'REF30' });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body, { release: true, status: 'valid' });
    const elsewhere = await verify({ token, resource: 'premium-1' });
    assert.deepEqual(elsewhere.body, {
      release: false,
      status: 'invalid',
      reason: 'INVALID_RESOURCE_ID',
    });
  });

  it('are not verified for a TV, whatever token it has', async () => {
    const tv = await Tv.registered(farm);
    const { body: code } = await tv.authorize();
    await signIn(farm, code['user_code']);
    const { body: tokens } = await pollUntilDone(tv, code['device_code']);
    const json = { token: tokenFor('REF30'), resource: 'REF30' };
    for (const access of [String(tokens['access_token']), await tv.ownToken(), farm.statement]) {
      const { status, body, headers } = await verify(json, access);
      assert.deepEqual([status, body['code']], [401, 'invalid_token']);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    }
    const { status, body } = await backend.send(PATH, { json });
    assert.deepEqual([status, body['code']], [401, 'token_missing']);
  });

  it('are refused where they are old or forged', async () => {
    const reasons = [];
    for (const token of [
      tokenFor('REF30', 0),
      forged(tokenFor('REF30'), 'REF30', 'REF31'),
      'bm90IG9uZQ==',
    ]) {
      const { body } = await verify({ token, resource: 'REF30' });
      assert.equal(body['release'], false);
      reasons.push(body['reason']);
    }
    assert.deepEqual(reasons, ['TOKEN_EXPIRED', 'INVALID_SIGNATURE', 'INVALID_TOKEN_FORMAT']);
  });

  it('are verified for backends only whose word is theirs, for here and for now', async () => {
    const { privateKey: strange } = await generateKeyPair('ES256');
    const wrong = {
      'of an app without keys': await signed({ iss: 'other' }),
      'of a key that is not on file': await signed({ by: strange }),
      'as the statement of a TV': await signed({ aud: farm.url }),
      'of a day to come': await signed({ age: -86_400 }),
      'of long ago': await signed({ age: 1_000 }),
      'for a day': await signed({ life: 86_400 }),
      'no JWT': 'abc',
      'of nobody with a name': `e30.${Buffer.from('{"iss":{"toString":1}}').toString('base64url')}.e30`,
    };
    for (const [what, token] of Object.entries(wrong)) {
      const { status } = await verify({ token: tokenFor('REF30'), resource: 'REF30' }, token);
      assert.equal(status, 401, what);
    }
  });

  it('are asked for with a token and a resource, and are in no answer to a wrong question', async () => {
    const token = tokenFor('REF30');
    for (const json of [
      { token },
      { token, resource: '' },
      { token: token.repeat(100), resource: 'REF30' },
      { token, resource: 'REF30', more: token },
      { token: [token], resource: 'REF30' },
    ]) {
      const { status, body } = await verify(json);
      assert.equal(status, 400);
      assert.ok(!JSON.stringify(body).includes(token.slice(0, 30)), JSON.stringify(body));
    }
  });

  it('are refused while nobody can be asked, and operators read why', async () => {
    sideCar = `http://127.0.0.1:${await freePort()}/verify`;
    const without = await farm.another();
    const { status, body } = await verify(
      { token: tokenFor('REF30'), resource: 'REF30' },
      undefined,
      without.url,
    );
    sideCar = undefined;
    assert.equal(status, 200);
    assert.deepEqual(body, { release: false, status: 'unverified', problem: 'unreachable' });
    const line = lines.find((each) => each.includes('a media token was not verified'));
    assert.match(line ?? '', /the verifier of media tokens at 127\.0\.0\.1:\d+ can't be reached/);
    await without.stop();
  });

  it('are in no log', () => {
    assert.ok(lines.length > 10);
    const tokens = brought.filter((token) => token.length > 30).map((token) => token.slice(0, 40));
    assert.ok(tokens.length > 5);
    for (const secret of [...farm.stack.sandbox.secrets(), ...tokens]) {
      assert.ok(!lines.some((line) => line.includes(secret)), 'a secret in the log');
    }
  });

  it('are in the description of the API, and only where somebody verifies them', async () => {
    const { body } = await backend.send('/openapi.json');
    const paths = body['paths'] as Record<string, { post: { security: object[] } }>;
    assert.deepEqual(paths[PATH]?.post.security, [{ backend: [] }]);
  });
});

describe('a gateway without a verifier', () => {
  it('has no address for media tokens', async () => {
    const farm = await startFarm();
    try {
      const tv = new Tv(farm);
      const { status } = await tv.send(PATH, { json: {} });
      assert.equal(status, 404);
      const { body } = await tv.send('/openapi.json');
      assert.ok(!Object.keys(body['paths'] as object).includes(PATH));
    } finally {
      await farm.stop();
    }
  });
});
