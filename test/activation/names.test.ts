import assert from 'node:assert/strict';
import { type Farm, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

describe('pages for viewers name', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  /** What a viewer sees who typed a code. */
  async function seen(code: unknown, url = farm.url): Promise<string> {
    const visitor = new Visitor(url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: String(code) }, { origin: farm.url });
    const { status, text } = await visitor.get('/activate/provider');
    assert.equal(status, 200, text);
    return text;
  }

  /** A code for which a provider was chosen by its id alone: nothing but a list tells its name. */
  async function codeWithoutName(): Promise<string> {
    const tv = farm.stack.tv({ app: farm.tvApp });
    const standing = await tv.authenticate({ mvpd: { id: 'RiverFiber' } });
    return standing.status === 'pending' ? standing.code : '';
  }

  it('a TV in one line, with nothing that turns the words around it', async () => {
    for (const [told, name] of [
      [{ model: 'X1' }, 'X1'],
      [{ model: 'X1', manufacturer: 'Acme' }, 'Acme X1'],
      [{ model: 'Acme X1', manufacturer: 'Acme' }, 'Acme X1'],
      [{ model: 'X1\r\n\u2028 Call\t0900\u0000' }, 'X1 Call 0900'],
      [{ model: '\u202eX1\u2066\u200f\u200b', manufacturer: '\u202dAcme' }, 'Acme X1'],
      [{ model: '\u202e\u200b', manufacturer: 'Acme' }, 'Linux'],
    ] as const) {
      const tv = await Tv.registered(farm);
      const facts = Buffer.from(JSON.stringify(told)).toString('base64');
      const { body } = await tv.authorize({}, undefined, { 'x-device-info': facts });
      const text = await seen(body['user_code']);
      const [, shown] = /title="([^"]*)"><bdi>\1<\/bdi>/.exec(text) ?? [];
      assert.equal(shown, name, JSON.stringify(told));
    }
  });

  it('a chosen provider as the list does, where nothing else tells it', async () => {
    assert.match(await seen(await codeWithoutName()), /<h1>Sign in with River Fiber<\/h1>/);
  });

  it('no provider when there is no list, and lead to it all the same', async () => {
    const code = await codeWithoutName();
    const another = await farm.another();
    farm.stack.sandbox.faults.set({ operation: 'configuration', kind: 'status', share: 1 });
    try {
      const text = await seen(code, another.url);
      assert.match(text, /<h1>Sign in with your provider<\/h1>/);
      assert.ok(text.includes(`href="${farm.stack.sandbox.url}/`), text);
    } finally {
      farm.stack.sandbox.faults.clear();
    }
  });
});
