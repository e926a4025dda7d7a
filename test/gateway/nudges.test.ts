import assert from 'node:assert/strict';
import { DevicePassError, KeyRing, type SecondScreen } from '../../src/client.ts';
import { hashDeviceId } from '../../src/adobe-pass/index.ts';
import { returnUrlOf, workflowIdOf } from '../../src/client/handle.ts';
import { deviceWorkflowId } from '../../src/device-identity.ts';
import { Codes } from '../../src/gateway/codes.ts';
import type { Gateway } from '../../src/gateway/context.ts';
import { Returned } from '../../src/gateway/returned.ts';

/** A gateway with as much as these parts use of it. */
function gatewayWith(parts: object): Gateway {
  const settings = { issuer: 'https://tv.example.com' };
  return { settings, adobePassOrigins: ORIGINS, ...parts } as unknown as Gateway;
}

const ORIGINS = ['https://adobe.example', 'https://sp.adobe.example'];

describe("the browser's return", () => {
  const sealingKeys = KeyRing.generate();
  const returnOf = async (id: string) => {
    const returnUrl = 'https://tv.example.com/return';
    const workflowId = deviceWorkflowId('q', { app: 'demo', deviceId: hashDeviceId('demo', id) });
    const url = await returnUrlOf({ keys: sealingKeys, returnUrl }, workflowId);
    return new URL(url ?? '');
  };
  /** A TV that is signed in once it was nudged so often. */
  function gatewayOf({ signedInAfter = 1, wait }: { signedInAfter?: number; wait?: number } = {}) {
    const told: string[] = [];
    let asked = 0;
    const login = {
      browserReturned: async () => {
        told.push('told');
      },
      standing: async () => {
        asked += 1;
        return { status: told.length >= signedInAfter ? 'signed-in' : 'pending' };
      },
    };
    const pass = {
      returnedLogin: async (url: string) => {
        const workflowId = await workflowIdOf({ keys: sealingKeys, taskQueue: 'q' }, url);
        return {
          workflowId,
          url,
          browserReturned: () => login.browserReturned(),
          standing: login.standing,
        };
      },
    };
    const quotas = { nudge: () => wait };
    const settling = new Returned(gatewayWith({ pass, quotas }));
    const settled = async (url: string) => (await settling.settled({ url, ip: 'x' })).standing;
    return { returned: { settled }, told, asked: () => asked, login };
  }

  it('is told once when the page is loaded again and again, however the address is spelled', async () => {
    const { returned, told } = gatewayOf({ signedInAfter: 3 });
    const one = await returnOf('a');
    const spelled = `/return?x=1&amp;${encodeURIComponent(one.search.slice(1))}`;
    const loads = [one.href, one.href, spelled].map((url) => returned.settled(url));
    const other = returned.settled((await returnOf('b')).href);
    for (const { status } of await Promise.all(loads)) assert.equal(status, 'pending');
    await other;
    assert.equal(told.length, 2);
  });

  it('is waited for together', async () => {
    const { returned, asked } = gatewayOf({ signedInAfter: 9 });
    const { href } = await returnOf('a');
    const alone = Array.from({ length: 50 }, () => returned.settled(href));
    await Promise.all(alone);
    assert.ok(asked() < 25, `${asked()} queries`);
  });

  it('is told again when nobody heard it the first time', async () => {
    const { returned, login } = gatewayOf();
    const { href } = await returnOf('a');
    const works = login.browserReturned;
    login.browserReturned = async () => {
      throw new DevicePassError('temporal_unavailable', 'away');
    };
    await assert.rejects(returned.settled(href), { code: 'temporal_unavailable' });
    login.browserReturned = works;
    assert.equal((await returned.settled(href)).status, 'signed-in');
  });

  it('without end is left to the scheduled polls', async () => {
    const { returned, told, asked } = gatewayOf({ wait: 60 });
    assert.equal((await returned.settled((await returnOf('a')).href)).status, 'pending');
    assert.deepEqual([told.length, asked()], [0, 1]);
  });

  it('without its handle is a guess only where nobody shows the code', async () => {
    const unknown = new DevicePassError('unknown_handle', 'lost');
    const away = new DevicePassError('temporal_unavailable', 'away');
    for (const { code, error, spent } of [
      { code: 'AAAAAAA', error: unknown, spent: 1 },
      { code: 'AAAAAAA', error: away, spent: 0 },
      { code: '!', error: unknown, spent: 0 },
    ]) {
      let tries = 0;
      const quotas = {
        upToDate: async () => {},
        codeTry: () => void (tries += 1),
        codeWasKnown: () => void (tries -= 1),
      };
      const pass = {
        returnedLogin: (_url: string, typed?: string) =>
          Promise.reject(typed === undefined ? unknown : error),
      };
      const returned = new Returned(gatewayWith({ pass, quotas }));
      await assert.rejects(returned.settled({ url: '/return', ip: 'x', code }), error);
      assert.equal(tries, spent, `${code} ${error.code}`);
    }
  });

  it('with a handle of nobody is refused', async () => {
    const { returned } = gatewayOf();
    await assert.rejects(returned.settled('/return?device=x'), { code: 'unknown_handle' });
  });
});

describe('choosing a provider again and again', () => {
  it('for one code ends with 429, for each choice asks Adobe', async () => {
    const choices = [1, 2];
    const quotas = { choice: () => (choices.pop() === undefined ? 60 : undefined) };
    let asked = 0;
    const screen = {
      choose: async () => {
        asked += 1;
        return { status: 'signed-in' };
      },
    } as unknown as SecondScreen;
    const codes = new Codes(gatewayWith({ quotas }));
    const choose = () => codes.handOver({ code: 'AAAAAAA', screen }, { id: 'NorthCable' });
    await choose();
    await choose();
    await assert.rejects(choose(), { status: 429, more: { action: 'retry', retryAfter: 60 } });
    assert.equal(asked, 2);
  });
});

describe('where a viewer is sent', () => {
  const codes = new Codes(gatewayWith({}));

  for (const origin of ORIGINS) {
    it(`is any of Adobe's hosts: ${origin}`, () => {
      const url = `${origin}/api/v2/authenticate/X/CODE`;
      assert.equal(codes.adobeOnly(url), url);
    });
  }

  for (const url of [
    'https://adobe.example.evil.example/',
    'https://adobe.example@evil.example/',
    'https://viewer@adobe.example/',
    'https:\\\\evil.example/',
    '/api/v2/authenticate/X/CODE',
    'http://adobe.example/',
    'https://adobe.example:8443/',
    'javascript:alert(1)',
    '//evil.example/',
    '',
  ]) {
    it(`is not ${JSON.stringify(url)}`, () => {
      assert.throws(() => codes.adobeOnly(url), { name: 'Problem', status: 502 });
    });
  }
});
