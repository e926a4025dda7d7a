import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { mock } from 'node:test';
import { warnOfUntrustedProxies } from '../../src/gateway/untrusted-proxies.ts';

const MINUTE_MS = 60_000;

describe('a sender that says for whom it asks', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 }));
  afterEach(() => mock.timers.reset());

  function gateway(addressHeader = 'x-forwarded-for') {
    const trustedProxies = new BlockList();
    trustedProxies.addSubnet('10.1.0.0', 16);
    const lines: string[] = [];
    const logger = { warn: (_fields: object, line: string) => lines.push(line) };
    const warn = warnOfUntrustedProxies(logger as never, { trustedProxies, addressHeader });
    const ask = (remoteAddress: string, headers: Record<string, string>) =>
      warn({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
    return { lines, ask };
  }

  for (const [header, value] of [
    ['x-forwarded-for', '198.51.100.7'],
    ['forwarded', 'for=198.51.100.7'],
    ['x-real-ip', '198.51.100.7'],
    ['cf-connecting-ip', '198.51.100.7'],
  ] as const) {
    it(`is told as a proxy that the settings do not name: ${header}`, () => {
      const { lines, ask } = gateway('cf-connecting-ip');
      ask('::ffff:10.2.0.9', { [header]: value });
      assert.deepEqual(lines, [
        `${header} of 10.2.0.9 is ignored: if that is a proxy of yours, name it in GATEWAY_TRUSTED_PROXIES`,
      ]);
    });
  }

  it('is told once an hour, and of all of them no more than one a minute', () => {
    const { lines, ask } = gateway();
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    for (let request = 0; request < 1_000; request += 1) ask('10.2.0.9', headers);
    ask('10.3.0.9', headers);
    assert.equal(lines.length, 1);
    mock.timers.tick(MINUTE_MS);
    ask('10.2.0.9', headers);
    ask('10.3.0.9', headers);
    assert.equal(lines.length, 2);
    mock.timers.tick(60 * MINUTE_MS);
    ask('10.2.0.9', headers);
    assert.equal(lines.length, 3);
  });

  it('is not told where it is trusted, or says nothing', () => {
    const { lines, ask } = gateway();
    ask('10.1.0.9', { 'x-forwarded-for': '198.51.100.7' });
    ask('10.2.0.9', { accept: '*/*' });
    assert.deepEqual(lines, []);
  });

  it('is told by its network where it may be a viewer', () => {
    for (const [address, network] of [
      ['203.0.113.77', '203.0.113.0/24'],
      ['2001:db8:1:2:3::77', '2001:db8:1:2::/64'],
    ] as const) {
      const { lines, ask } = gateway();
      ask(address, { 'x-forwarded-for': '198.51.100.7' });
      assert.match(lines.join(), new RegExp(` of ${network.replace('.', '\\.')} is ignored`));
      assert.doesNotMatch(lines.join(), /77/);
    }
  });
});
