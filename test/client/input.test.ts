import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import {
  connect,
  type DeviceOptions,
  DevicePassError,
  type DevicePass,
  KeyRing,
} from '../../src/client.ts';
import { FACTS } from '../support/stack.ts';

describe('what a backend gives', () => {
  let pass: DevicePass;
  let temporal: Client;
  before(async () => {
    // Connects with the first call only, and none of these gets that far.
    temporal = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9' }) });
    pass = await connect({ keys: KeyRing.generate(), temporal });
  });
  after(async () => {
    await pass.close();
    await temporal.connection.close();
  });

  const good: DeviceOptions = { app: 'demo', id: 'tv-1', facts: FACTS, ip: '203.0.113.7' };
  const refused = (make: () => unknown): string => {
    try {
      make();
    } catch (error) {
      assert.ok(error instanceof DevicePassError, String(error));
      assert.equal(error.code, 'invalid_request');
      assert.equal(error.retryable, false);
      assert.ok(!error.message.includes('\n'));
      return error.message;
    }
    return assert.fail('this was accepted');
  };
  const facts = (wrong: object) => ({ ...good, facts: { ...FACTS, ...wrong } as typeof FACTS });

  it('is taken when Adobe would take it', () => {
    const tv = pass.device({ ...good, ip: '2001:db8::7', port: 51_000 });
    assert.match(tv.workflowId, /^device:[\w-]+:demo:[0-9a-f]{64}$/);
  });

  it('names a device by a hash that is the same every time [HDR-07] [HDR-08]', () => {
    const { workflowId } = pass.device(good);
    assert.equal(pass.device({ ...good, ip: '203.0.113.8' }).workflowId, workflowId);
    assert.ok(!workflowId.includes('tv-1'));
    assert.notEqual(pass.device({ ...good, id: 'tv-2' }).workflowId, workflowId);
    assert.notEqual(pass.device({ ...good, app: 'other' }).workflowId, workflowId);
  });

  const nothing = (field: keyof DeviceOptions) => {
    const { [field]: _left, ...rest } = good;
    return rest as DeviceOptions;
  };

  const wrong: [what: string, options: DeviceOptions, message: RegExp][] = [
    [
      'no address',
      { ...good, ip: 'living-room' },
      /^ip is "living-room": use an IPv4 or IPv6 address$/,
    ],
    ['an address and a port', { ...good, ip: '203.0.113.7:80' }, /^ip is "203\.0\.113\.7:80": /],
    ['a list of addresses', { ...good, ip: '203.0.113.7, 10.0.0.1' }, /^ip is "203/],
    ['a port out of range', { ...good, port: 70_000 }, /^port is 70000: give 65535 at most$/],
    ['an operating system that is no text', facts({ osName: 7 }), /^osName is 7: give a text: /],
    [
      'no operating system',
      facts({ osName: undefined }),
      /^osName is missing: give a text: Adobe lists Android/,
    ],
    ['an empty model', facts({ model: ' ' }), /^model is "": give a text$/],
    ['no connection type', facts({ connectionType: undefined }), /^connectionType is missing: /],
    ['no facts', nothing('facts'), /^facts is missing: give an object$/],
    ['no id', nothing('id'), /^id is missing: give the id that your TV app keeps$/],
    ['an empty id', { ...good, id: '' }, /^id is "": give the id/],
    ['an id of blanks', { ...good, id: ' ' }, /^id is " ": give the id/],
    ['an endless id', { ...good, id: 'x'.repeat(1_001) }, /^id has 1001 characters: give 1000 /],
    ['no app', nothing('app'), /^app is missing: give the name of an app, 1 to 60 letters/],
    ['an app that can be none', { ...good, app: 'demo:x' }, /^app is "demo:x": give the name/],
    [
      'a long model',
      facts({ model: 'x'.repeat(257) }),
      /^model is "x+: give 256 characters at most$/,
    ],
  ];
  for (const [what, options, message] of wrong) {
    it(`is refused with the field and its value: ${what} [XDI-01] [XDI-02]`, () => {
      assert.match(
        refused(() => pass.device(options)),
        message,
      );
    });
  }

  it('is refused for a second screen alike', async () => {
    const site = await connect({
      keys: KeyRing.generate(),
      temporal,
      adobePassUrl: 'http://127.0.0.1:9',
    });
    const screen = { app: 'activation', ip: 'phone' };
    assert.match(
      refused(() => site.secondScreen('ABCDEF', screen)),
      /^ip is "phone": /,
    );
    for (const app of ['', 'a:b', undefined as unknown as string]) {
      assert.match(
        refused(() => site.secondScreen('ABCDEF', { app, ip: '203.0.113.9' })),
        /^app is .*: give the name of an app/,
      );
    }
    const noCode = undefined as unknown as string;
    assert.equal(
      refused(() => site.secondScreen(noCode, { app: 'activation', ip: '203.0.113.9' })),
      'code is undefined: give what the viewer typed',
    );
    await site.close();
    const phone = { app: 'activation', ip: '203.0.113.9' };
    assert.match(
      refused(() => pass.secondScreen('ABCDEF', phone)),
      /^secondScreen needs adobePassUrl/,
    );
  });

  it('is refused when the page where a login ends is no URL', async () => {
    await assert.rejects(connect({ keys: KeyRing.generate(), temporal, returnUrl: '/done' }), {
      name: 'DevicePassError',
      code: 'invalid_request',
      message: 'returnUrl is "/done": give an absolute URL',
    });
  });
});
