import assert from 'node:assert/strict';
import { CompactEncrypt } from 'jose';
import type { AccessToken, ClientCredentials } from '../../src/adobe-pass/index.ts';
import { KeyRing, needsResealing, open, seal, ofDevice } from '../../src/sealing/index.ts';
import { type Bench, startBench, DEVICE } from './support.ts';

const FOR_CREDENTIALS = ofDevice('credentials', DEVICE);

describe('registration', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(() => bench.sandbox.reset());

  it('brings sealed credentials, and tells operators of the call [S2S-06] [DCR-05] [EEC-07]', async () => {
    const { adobe, run, keys, sandbox } = bench;
    const asker = await bench.newcomer();
    const { value, calls } = await run(() => adobe.register(asker));
    assert.equal(value.split('.').length, 5);
    const { clientId, clientSecret } = await open(keys, value, FOR_CREDENTIALS);
    assert.ok(sandbox.secrets().includes(clientSecret));
    assert.ok(clientId);
    assert.deepEqual(
      calls.map(({ operation, status, code }) => ({ operation, status, code })),
      [{ operation: 'register', status: 201, code: undefined }],
    );
    assert.ok(!JSON.stringify(calls).includes(clientSecret));
  });

  it('gives each installation a pair of its own [DCR-01]', async () => {
    const { adobe, run, keys } = bench;
    const [one, other] = await Promise.all(
      [1, 2].map(async () => {
        const asker = await bench.newcomer();
        const { value } = await run(() => adobe.register(asker));
        return open(keys, value, FOR_CREDENTIALS);
      }),
    );
    assert.notEqual(one?.clientId, other?.clientId);
  });

  it('speaks for the streaming device [HDR-03] [HDR-05] [THR-01]', async () => {
    const { adobe, run, sandbox, keys } = bench;
    const network = await seal(
      keys,
      { ip: '203.0.113.99', port: 51_000 },
      ofDevice('network', DEVICE),
    );
    const asker = await bench.newcomer({ network });
    await run(() => adobe.register(asker));
    const [sent] = sandbox.requests;
    assert.equal(sent?.ip, '203.0.113.99');
    const info = Buffer.from(sent?.headers['x-device-info'] ?? '', 'base64').toString();
    const told = JSON.parse(info) as Record<string, unknown>;
    assert.equal(told['connectionPort'], 51_000);
    assert.equal(told['model'], asker.facts.model);
  });

  it('renews a token with the stored credentials, never by registering [REG-03] [DCR-02]', async () => {
    const { adobe, run, keys, sandbox } = bench;
    const asker = await bench.newcomer();
    const { value: credentials } = await run(() => adobe.register(asker));
    const tokens: AccessToken[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { value } = await run(() => adobe.renewAccessToken(asker, credentials));
      assert.equal(value.resealed, undefined, 'sealed with the newest key already');
      const token = await open(keys, value.accessToken, ofDevice('access-token', DEVICE));
      assert.equal(token.expiresAt, value.expiresAt);
      tokens.push(token);
    }
    assert.equal(new Set(tokens.map(({ value }) => value)).size, 3);
    assert.deepEqual(
      sandbox.requests.map(({ operation }) => operation),
      ['register', 'token', 'token', 'token'],
    );
  });

  it('seals old credentials anew once another key seals', async () => {
    const before = await startBench({ running: bench.sandbox });
    const asker = await before.newcomer();
    const { value: old } = await before.run(() => before.adobe.register(asker));
    const keys = before.keys.withNewKey().withLastKeyFirst();
    const later = await startBench({ running: bench.sandbox, keys });
    try {
      const { value } = await later.run(() => later.adobe.renewAccessToken(asker, old));
      assert.ok(value.resealed);
      assert.equal(needsResealing(keys, value.resealed), false);
      const content = await open<ClientCredentials>(before.keys, old, FOR_CREDENTIALS);
      assert.deepEqual(await open(keys, value.resealed, FOR_CREDENTIALS), content);
      assert.equal(needsResealing(keys, value.accessToken), false);
    } finally {
      await Promise.all([before.stop(), later.stop()]);
    }
  });

  it('seals credentials anew that were sealed before there were bindings', async () => {
    const old = await bench.registered();
    const plain = await open(bench.keys, old.credentials, FOR_CREDENTIALS);
    const before = KeyRing.generate(new Date(0));
    const { id, secret } = before.sealingKey;
    const unbound = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(plain)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
      .encrypt(secret);
    const text = `${bench.keys.export()},${before.export()}:unbound-until-2999-12-31`;
    const later = await startBench({ running: bench.sandbox, keys: KeyRing.parse(text) });
    try {
      const { value } = await later.run(() =>
        later.adobe.renewAccessToken(old, unbound as typeof old.credentials),
      );
      assert.ok(value.resealed);
      assert.deepEqual(await open(bench.keys, value.resealed, FOR_CREDENTIALS), plain);
    } finally {
      await later.stop();
    }
  });

  it('fails with the name of the key that is missing', async () => {
    const { adobe, run } = bench;
    const stranger = KeyRing.generate(new Date(0));
    const asker = await bench.newcomer({
      network: await seal(stranger, { ip: '203.0.113.1' }, ofDevice('network', DEVICE)),
    });
    await assert.rejects(
      run(() => adobe.register(asker)),
      {
        name: 'ApplicationFailure',
        type: 'sealed_value',
        nonRetryable: true,
        message: new RegExp(`sealed with key ${stranger.ids[0]}, which is not in the ring`),
      },
    );
    assert.equal(bench.sandbox.requests.length, 0);
  });

  it('says that credentials are lost, for good [DCR-04]', async () => {
    const { adobe, run, sandbox } = bench;
    const asker = await bench.newcomer();
    const { value: credentials } = await run(() => adobe.register(asker));
    sandbox.revokeClients();
    await assert.rejects(
      run(() => adobe.renewAccessToken(asker, credentials)),
      {
        type: 'invalid_client',
        nonRetryable: true,
      },
    );
  });
});
