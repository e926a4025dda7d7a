import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { createAdobePass } from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, recorder } from './support.ts';

const ok = { body: { profiles: {} } };

/** Resolves every name to what `address` says at the moment. */
function resolver(address: () => string) {
  const asked = { count: 0 };
  const lookup: LookupFunction = (_name, options, callback) => {
    asked.count += 1;
    if (options.all) callback(null, [{ address: address(), family: 4 }]);
    else callback(null, address(), 4);
  };
  return { lookup, asked };
}

describe('DNS', () => {
  afterEach(cleanUp);

  it('follows a name that moved, however busy the connections are [S2S-16]', async () => {
    const old = await recorder(() => ok, '127.0.0.1');
    const moved = await recorder(() => ok, '127.0.0.2', old.port);
    let address = '127.0.0.1';
    const { lookup } = resolver(() => address);
    const url = `http://pass.test:${old.port}`;
    const pass = clientOf({ url }, { lookup, dnsMaxAgeMs: 250 });
    const busyWhile = async (goesOn: () => boolean) => {
      const lane = async () => {
        while (goesOn()) await pass.profiles(base);
      };
      await Promise.all([1, 2, 3].map(lane));
    };
    await busyWhile(() => old.received.length <= 10);
    address = '127.0.0.2';
    const movedAt = performance.now();
    await busyWhile(() => moved.received.length === 0 && performance.now() - movedAt < 10_000);
    assert.ok(moved.received.length > 0, 'the new address was reached');
    // Each of the three has a connection of its own, none older than that by then.
    const reachedAt = performance.now();
    await busyWhile(() => performance.now() - reachedAt < 600);
    const before = old.received.length;
    const enough = moved.received.length + 20;
    await busyWhile(() => moved.received.length < enough && old.received.length === before);
    assert.equal(old.received.length, before, 'the old address is left alone');
  });

  it('reuses connections meanwhile', async () => {
    const server = await recorder(() => ok);
    const { lookup, asked } = resolver(() => '127.0.0.1');
    const pass = clientOf({ url: `http://pass.test:${server.port}` }, { lookup });
    for (let i = 0; i < 20; i += 1) await pass.profiles(base);
    assert.equal(asked.count, 1);
  });

  it('refuses an age that Adobe does not allow [S2S-16]', () => {
    for (const dnsMaxAgeMs of [30_001, 0, Number.NaN]) {
      assert.throws(
        () => createAdobePass({ baseUrl: 'https://pass.test', dnsMaxAgeMs }),
        RangeError,
      );
    }
    createAdobePass({ baseUrl: 'https://pass.test', dnsMaxAgeMs: 30_000 }).close();
    assert.throws(() => createAdobePass({ baseUrl: 'ftp://pass.test' }), TypeError);
  });
});
