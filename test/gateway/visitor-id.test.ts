import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { Visitor } from '../activation/visitor.ts';
import { type Farm, startFarm, Tv } from './support.ts';

const HEADER = 'ap-visitor-identifier';
const newEcid = () => Array.from({ length: 38 }, () => randomInt(10)).join('');

describe('the Experience Cloud ID of a viewer', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  const bearing = (ecid: string) =>
    farm.stack.sandbox.requests
      .filter(({ headers }) => headers[HEADER] === ecid)
      .map(({ operation }) => operation);
  const shownCode = async (headers: Record<string, string> = {}) => {
    const { body } = await (await Tv.registered(farm)).authorize({}, farm.url, headers);
    return String(body['user_code']);
  };

  it('comes from the TV, and goes with its calls', async () => {
    const ecid = newEcid();
    await shownCode({ [HEADER]: ecid });
    assert.deepEqual(bearing(ecid), ['profiles', 'createSession']);
  });

  it('comes from a phone by the API, and goes with its own calls only', async () => {
    const [ofTv, ofPhone] = [newEcid(), newEcid()];
    const code = await shownCode({ [HEADER]: ofTv });
    const phone = new Tv(farm);
    const headers = { [HEADER]: ofPhone };
    const path = `/v1/activation/${code}`;
    assert.equal((await phone.send(path, { headers })).status, 200);
    const json = { mvpd: { id: 'NorthCable' } };
    assert.equal((await phone.send(path, { headers, json })).body['status'], 'go');
    assert.deepEqual(new Set(bearing(ofPhone)), new Set(['retrieveSession', 'resumeSession']));
    assert.deepEqual(bearing(ofTv), ['profiles', 'createSession']);
  });

  it('comes from a phone by the cookie that another page of the domain has set', async () => {
    const ecid = newEcid();
    const code = await shownCode();
    const browser = new Visitor(farm.url);
    const value = encodeURIComponent(`179643557|MCIDTS|20421|MCMID|${ecid}|MCAAMLH-1|6`);
    browser.set('AMCV_9E1005A551ED61CA0A490D45%40AdobeOrg', value);
    await browser.get('/activate');
    assert.equal((await browser.submit({ user_code: code })).status, 303);
    await browser.get('/activate/provider');
    const { headers } = await browser.submit({ user_code: code, mvpd: 'NorthCable' });
    assert.equal(headers.get('location'), '/activate/continue');
    assert.deepEqual(new Set(bearing(ecid)), new Set(['retrieveSession', 'resumeSession']));
  });

  it('that is none is left out, and nobody is kept from anything', async () => {
    const code = await shownCode({ [HEADER]: 'with blanks in it' });
    const phone = new Tv(farm);
    const headers = { [HEADER]: 'x'.repeat(201) };
    assert.equal((await phone.send(`/v1/activation/${code}`, { headers })).status, 200);
    const browser = new Visitor(farm.url);
    browser.set('AMCV_x%40AdobeOrg', 'MCMID');
    await browser.get('/activate');
    assert.equal((await browser.submit({ user_code: code })).status, 303);
    const heard = farm.stack.sandbox.requests.flatMap(({ headers: sent }) => sent[HEADER] ?? []);
    assert.ok(heard.every((one) => /^\d{38}$/.test(one)));
  });
});
