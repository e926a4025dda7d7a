import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Device, type Json, raw, startDevice } from './device.ts';

const SKY = 'SkyDish';
const WORDS = 'SkyDish repairs its systems until eight.';

describe('degradation rules of the sandbox', () => {
  let device: Device;
  beforeEach(async () => {
    device = await startDevice();
  });
  afterEach(() => device.sandbox.stop());

  const control = (method: string, path: string, body?: object) =>
    raw(device.sandbox, method, `/_sandbox/${path}`, {}, body && JSON.stringify(body));
  const profileAt = async (channel: string): Promise<Json> =>
    (await device.api(`/${channel}/profiles/${SKY}`)).json.profiles[SKY];
  const decisionAt = async (channel: string): Promise<Json> => {
    const path = `/${channel}/decisions/authorize/${SKY}`;
    return (await device.json(path, { resources: ['REF30'] })).json.decisions?.[0];
  };

  it('hold for one channel and MVPD, or for every channel', async () => {
    const rule = { mvpd: SKY, kind: 'AuthNAll', serviceProvider: 'CITYTV' };
    assert.equal((await control('POST', 'degradations', rule)).status, 200);
    assert.equal((await profileAt('CITYTV')).type, 'degraded');
    assert.equal(await profileAt('REF30'), undefined);
    assert.deepEqual((await control('GET', 'state')).json.degradations, [rule]);
    await control('POST', 'degradations', { mvpd: SKY, kind: 'AuthNAll' });
    const { type, issuer, attributes } = await profileAt('REF30');
    assert.deepEqual([type, issuer], ['degraded', 'Adobe']);
    assert.match(attributes.userID.value, /^95cf93bcd183214a/);
    await control('DELETE', `degradations?serviceProvider=REF30`);
    assert.equal((await profileAt('REF30'))?.type, 'degraded', 'that of every channel stays');
    await control('DELETE', `degradations?mvpd=${SKY}`);
    assert.equal(await profileAt('CITYTV'), undefined);
  });

  it('of a channel go before those of every channel', async () => {
    device.sandbox.degrade({ mvpd: SKY, kind: 'AuthNAll' });
    device.sandbox.degrade({ mvpd: SKY, kind: 'AuthZAll', serviceProvider: 'REF30' });
    assert.equal(await profileAt('REF30'), undefined);
    assert.equal((await decisionAt('CITYTV')).source, 'degradation');
  });

  it('tell viewers in words of the programmer why nothing may be played', async () => {
    await control('POST', 'degradations', { mvpd: SKY, kind: 'AuthNAll' });
    await control('POST', 'degradations', { mvpd: SKY, kind: 'AuthZNone', message: WORDS });
    const path = `/REF30/decisions/authorize/${SKY}`;
    const missing = await device.json(path, { resources: ['REF30'] });
    assert.equal(missing.json.code, 'authenticated_profile_missing');
    const { json } = await device.signInSession({ mvpd: SKY });
    await signInAsViewer(new URL(String(json.url), device.sandbox.url).href);
    for (const operation of ['authorize', 'preauthorize']) {
      const body = { resources: ['REF30'] };
      const answer = await device.json(`/REF30/decisions/${operation}/${SKY}`, body);
      const [{ source, authorized, error }] = answer.json.decisions;
      assert.deepEqual([answer.status, source, authorized], [200, 'degradation', false]);
      assert.equal(error.code, 'authorization_denied_by_degradation_rule');
      assert.deepEqual([error.status, error.action, error.details], [403, 'none', WORDS]);
    }
  });

  for (const [what, rule, line] of [
    ['an MVPD that nobody has', { mvpd: 'X', kind: 'AuthNAll' }, /^no MVPD 'X'; there are North/],
    [
      'a channel that nobody has',
      { mvpd: SKY, kind: 'AuthNAll', serviceProvider: 'X' },
      /^no serviceProvider 'X'; there are REF30, CITYTV$/,
    ],
    [
      'two that have no integration',
      { mvpd: 'HarborTel', kind: 'AuthNAll', serviceProvider: 'CITYTV' },
      /^CITYTV has no integration with HarborTel; it has North/,
    ],
    ['a kind that Adobe lacks', { mvpd: SKY, kind: 'AuthZSome' }, /^kind: /],
  ] as const) {
    it(`are refused for ${what}`, async () => {
      const { status, json } = await control('POST', 'degradations', rule);
      assert.equal(status, 400);
      assert.match(json.error, line);
    });
  }
});
