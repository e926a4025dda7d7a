import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { eventually } from '../support/stack.ts';
import { type Answer, type Farm, pollUntilDone, startFarm, Tv } from './support.ts';

describe('providers that an app offers [S2S-22]', () => {
  let farm: Farm;
  let tv: Tv;
  let token: string;
  before(async () => {
    farm = await startFarm();
    tv = await Tv.registered(farm);
    token = await tv.ownToken();
  });
  after(() => farm.stop());

  const idsOf = ({ body }: Answer) =>
    (body['mvpds'] as { id: string }[]).map(({ id }) => id).sort();
  const onTv = async () => idsOf(await tv.send('/v1/mvpds', { token }));
  const onPhone = async () => {
    const { body } = await tv.authorize();
    const path = `/v1/activation/${String(body['user_code'])}/providers`;
    return idsOf(await new Tv(farm).send(path));
  };
  /** Gateways read the file within a second. */
  async function offers(app: string, lists: object, expected: string[]): Promise<void> {
    await writeFile(
      farm.env['GATEWAY_STATEMENTS'] ?? '',
      JSON.stringify({ mvpds: { [app]: lists } }),
    );
    await eventually(
      async () => JSON.stringify(await onTv()) === JSON.stringify(expected.toSorted()),
      `${app} offers ${expected.join(', ')}`,
    );
  }

  it('are all but TempPass without lists, and by its own lists on the TV and on the phone', async () => {
    const all = await onTv();
    assert.ok(all.includes('NorthCable') && !all.includes('TempPass_Preview'));
    await offers(
      farm.tvApp,
      { hide: ['NorthCable'] },
      all.filter((id) => id !== 'NorthCable'),
    );
    assert.deepEqual(await onPhone(), await onTv());
    await offers(farm.tvApp, { show: ['NorthCable'] }, ['NorthCable']);
    assert.deepEqual(await onPhone(), ['NorthCable']);
    await offers('another-app', { show: ['NorthCable'] }, all);
    assert.deepEqual(await onPhone(), all);
  });

  it('are the only ones that can be chosen, under the name that they have', async () => {
    const all = await onTv();
    await offers(farm.tvApp, { show: ['NorthCable'] }, ['NorthCable']);
    const { body } = await tv.authorize();
    const path = `/v1/activation/${String(body['user_code'])}`;
    for (const id of ['SkyDish', 'TempPass_Preview', 'nobody']) {
      const json = { mvpd: { id } };
      const onPhone = await new Tv(farm).send(path, { json });
      assert.deepEqual([onPhone.status, onPhone.body['code']], [404, 'unknown_mvpd'], id);
      const asked = await tv.send('/v1/authenticate', { token, json: { ...json, screen: 'same' } });
      assert.deepEqual([asked.status, asked.body['code']], [404, 'unknown_mvpd'], id);
    }
    const mvpd = { id: 'NorthCable', displayName: 'Call 555', logoUrl: 'https://x.example/p.gif' };
    assert.equal((await new Tv(farm).send(path, { json: { mvpd } })).status, 200);
    const { body: checked } = await new Tv(farm).send(path);
    assert.ok(!JSON.stringify(checked).includes('Call 555'));
    const { body: session } = await tv.send('/v1/session', { token });
    assert.ok(!JSON.stringify(session).includes('Call 555'), JSON.stringify(session));
    assert.ok(JSON.stringify(session).includes('North Cable'), JSON.stringify(session));
    await offers('another-app', { show: ['NorthCable'] }, all);
  });

  it('have TempPass when the app asks for it by a flag', async () => {
    const all = await onTv();
    await offers(farm.tvApp, { tempPass: true }, [
      ...all,
      'TempPass_Preview',
      'TempPass_Daily',
      'TempPass_Titles',
    ]);
    assert.deepEqual(await onPhone(), await onTv());
  });

  it('let a TempPass begin without a code: SIGNED-IN, and the token at the first poll', async () => {
    const { status, body } = await tv.send('/v1/authenticate', {
      token,
      json: { mvpd: { id: 'TempPass_Preview' }, screen: 'second' },
    });
    assert.equal(status, 200, JSON.stringify(body));
    const { authorization } = body as Record<string, Record<string, unknown>>;
    assert.equal(authorization?.['user_code'], 'SIGNED-IN');
    assert.equal((await pollUntilDone(tv, authorization?.['device_code'])).status, 200);
  });
});

describe('temporary access, on offer on the TV [S2S-22]', () => {
  let farm: Farm;
  let tv: Tv;
  let url: string;
  before(async () => {
    farm = await startFarm();
    await writeFile(
      farm.env['GATEWAY_STATEMENTS'] ?? '',
      JSON.stringify({ mvpds: { [farm.tvApp]: { hide: ['SkyDish'], tempPass: true } } }),
    );
    ({ url } = await farm.another());
    tv = await Tv.registered(farm);
  });
  after(() => farm.stop());

  const begin = async (id: string) =>
    tv.send('/v1/authenticate', {
      url,
      token: await tv.ownToken(),
      json: { mvpd: { id }, screen: 'second' },
    });
  const lists = () =>
    farm.stack.sandbox.requests.filter(({ operation }) => operation === 'configuration').length;

  it('begins without the list of providers [CFG-03]', async () => {
    const { status, body } = await begin('TempPass_Preview');
    assert.equal(status, 200);
    const { authorization } = body as Record<string, Record<string, unknown>>;
    assert.equal(authorization?.['user_code'], 'SIGNED-IN');
    assert.equal(lists(), 0);
  });

  it('costs none either where one was read before', async () => {
    await tv.send('/v1/mvpds', { url, token: await tv.ownToken() });
    assert.equal(lists(), 1);
    assert.equal((await begin('TempPass_Preview')).status, 200);
    assert.equal(lists(), 1);
    assert.equal((await begin('SkyDish')).status, 404, 'hidden is hidden');
  });
});
