import assert from 'node:assert/strict';
import { type Device, raw, startDevice } from '../sandbox/device.ts';
import { all, decision, denied, exchanges, MVPD, profiles, session } from './sandbox-exchanges.ts';
import { pending } from './sandbox-scenarios.ts';
import { sameShape } from './sandbox-shape.ts';

describe('contract: the operations of the sandbox', () => {
  let device: Device;
  beforeEach(async () => {
    device = await startDevice();
  });
  afterEach(() => device.sandbox.stop());

  it('are fourteen', () => assert.equal(Object.keys(exchanges).length, 14));

  for (const [operation, { ask, status, body }] of Object.entries(exchanges)) {
    it(`${operation} answers in its documented shape`, async () => {
      const reply = await ask(device);
      assert.equal(device.sandbox.requests.at(-1)?.operation, operation);
      assert.equal(reply.status, status, reply.text);
      assert.equal(reply.type.toLowerCase(), 'application/json;charset=utf-8');
      sameShape(reply.json, body);
    });
  }

  it('send a browser on to the login with the documented query', async () => {
    const code = await pending(device, all);
    const reply = await raw(device.sandbox, 'GET', `/api/v2/authenticate/REF30/${code}`);
    assert.equal(reply.status, 302);
    const location = new URL(reply.headers.get('location') ?? '', device.sandbox.url);
    assert.equal(location.pathname, '/adobe-services/authenticate/saml');
    const { searchParams } = location;
    assert.equal(searchParams.get('mso_id'), MVPD);
    assert.equal(searchParams.get('requestor_id'), 'REF30');
    assert.equal(searchParams.get('domain_name'), all.domainName);
    assert.equal(searchParams.get('redirect_url'), all.redirectUrl);
    assert.ok(searchParams.has('noflash') && searchParams.has('no_iframe'));
  });

  it('would be found out with another shape', () => {
    const permit = { ...decision, authorized: true };
    const others: [actual: unknown, documented: unknown][] = [
      [{ ...session, notAfter: 2 }, session],
      [
        { ...session, url: undefined },
        { ...session, code: 1 },
      ],
      [{ ...session, reasonType: 'degraded' }, session],
      [{ ...session, extra: 1 }, session],
      [{ decisions: [] }, { decisions: [permit] }],
      [{ decisions: [{ ...permit, source: 'temppass' }] }, { decisions: [permit] }],
      [{ profiles: {} }, { profiles }],
      [{ profiles: { A: { ...profiles[MVPD], notAfter: '2' } } }, { profiles }],
      [{ profiles: { A: { ...profiles[MVPD], type: 'degraded' } } }, { profiles }],
      [denied('authorization_denied_by_mvpd'), denied('preauthorization_denied_by_mvpd')],
      [[], {}],
    ];
    for (const [actual, documented] of others) {
      assert.throws(() => sameShape(actual, documented), JSON.stringify(actual));
    }
    sameShape(session, session);
  });
});
