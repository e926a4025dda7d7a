import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { connect, type ConnectOptions, DevicePassError, KeyRing } from '../../src/client.ts';
import { connectionLike } from '../../src/client/delivery-worker.ts';
import { FACTS } from '../support/stack.ts';

const ADDRESS = '127.0.0.1:9';

describe('connecting', () => {
  let temporal: Client;
  before(() => {
    temporal = new Client({ connection: Connection.lazy({ address: ADDRESS }) });
  });
  after(() => temporal.connection.close());

  const keys = KeyRing.generate();
  const refused = async (options: unknown): Promise<DevicePassError> => {
    const error = await connect(options as ConnectOptions).then(
      () => assert.fail('this was accepted'),
      (failed: unknown) => failed,
    );
    assert.ok(error instanceof DevicePassError, String(error));
    return error;
  };

  const wrong: [what: string, options: object | undefined, message: RegExp][] = [
    ['no options', undefined, /^keys is no key ring/],
    ['no keys', { keys: undefined }, /^keys is no key ring: give that of the workers/],
    ['no text of keys', { keys: '' }, /^keys: no key: make one/],
    ['a text that is no key ring', { keys: 'a:b' }, /^keys: key a has 0 bytes: it must have 32$/],
    [
      'an unknown environment',
      { adobePassUrl: 'staging' },
      /^adobePassUrl is "staging": use a URL or/,
    ],
    [
      'an address with a password',
      { adobePassUrl: 'https://a:b@c.example' },
      /"https:\/\/\[secret\]@/,
    ],
    ['no queue', { taskQueue: '' }, /^taskQueue is "": give/],
    ['no time', { answerWithinMs: 0 }, /^answerWithinMs is 0: give 1 to/],
    ['no number of ms', { answerWithinMs: Number.NaN }, /^answerWithinMs is NaN: give 1 to/],
    ['a file of keys', { userMetadata: 'a.json' }, /^userMetadata is no keys: give readUser/],
    [
      'half a return address',
      { returnUrl: '/done' },
      /^returnUrl is "\/done": give an absolute URL$/,
    ],
  ];
  for (const [what, options, message] of wrong) {
    it(`is refused in one line: ${what}`, async () => {
      const error = await refused(options && { keys, temporal, ...options });
      assert.equal(error.code, 'invalid_request');
      assert.match(error.message, message);
      assert.ok(!error.message.includes('\n'));
    });
  }

  it("takes the names of Adobe's environments, as the workers do", async () => {
    const pass = await connect({ keys, temporal, adobePassUrl: 'release-staging' });
    pass.secondScreen('ABCDEF', { app: 'activation', ip: '203.0.113.9' });
    await pass.close();
  });

  it('is over with close(), and every call says so', async () => {
    const pass = await connect({ keys, temporal, adobePassUrl: 'release-staging' });
    const tv = pass.device({ app: 'demo', id: 'tv-1', facts: FACTS, ip: '203.0.113.7' });
    const phone = pass.secondScreen('ABCDEF', { app: 'activation', ip: '203.0.113.9' });
    await pass.close();
    await pass.close(); // once more does no harm
    const calls: (() => Promise<unknown>)[] = [
      () => tv.authenticate(),
      () => tv.view(),
      () => tv.browserReturned(),
      () => tv.watch().next(),
      () => tv.catalogue(),
      () => phone.check(),
      () => phone.providers(),
      () => pass.catalogue(),
      () => pass.browserReturned('x'),
      () => pass.standingAt('x'),
    ];
    for (const call of calls) {
      await assert.rejects(call(), { name: 'DevicePassError', code: 'closed' }, String(call));
    }
  });
});

describe('the second connection, behind `watch`', () => {
  const like = async (
    options: Parameters<typeof Connection.lazy>[0],
    tls?: ConnectOptions['tls'],
  ) => {
    const connection = Connection.lazy({ address: ADDRESS, ...options });
    try {
      return connectionLike({ connection }, tls);
    } finally {
      await connection.close();
    }
  };

  it("goes where the caller's client goes, in clear where that does", async () => {
    assert.deepEqual(await like({}), { address: ADDRESS, tls: false, metadata: {} });
  });

  it('has the API key and the metadata of that client, over TLS', async () => {
    const metadata = { 'temporal-namespace': 'tv.acct' };
    const expected = { address: ADDRESS, tls: true, metadata, apiKey: 'k-1' };
    for (const apiKey of ['k-1', () => 'k-1']) {
      assert.deepEqual(await like({ apiKey, metadata: { ...metadata } }), expected);
    }
  });

  it('has the certificates that the caller gives again', async () => {
    const tls = { serverNameOverride: 'temporal.internal' };
    assert.deepEqual(await like({ tls: true }, tls), { address: ADDRESS, tls, metadata: {} });
  });
});
