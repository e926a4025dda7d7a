import assert from 'node:assert/strict';
import { type Farm, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

describe('pages for viewers, as settings make them', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it("carry the programmer's name, logo and colours, with text that reads on them", async () => {
    const gateway = await farm.another({
      env: {
        GATEWAY_BRAND_NAME: 'Channel <One>',
        GATEWAY_BRAND_LOGO: 'https://cdn.example.com/logo.svg',
        GATEWAY_BRAND_COLOR: '#ffd400',
        GATEWAY_BRAND_COLOR_DARK: '#402000',
      },
    });
    const { text } = await new Visitor(gateway.url).get('/activate');
    assert.match(text, /Connect your TV – Channel &#60;One&#62;/);
    assert.match(text, /src="https:\/\/cdn\.example\.com\/logo\.svg"/);
    const [style = ''] = /\/activate\/style-\w+\.css/.exec(text) ?? [];
    const sheet = await new Visitor(gateway.url).get(style);
    assert.match(sheet.text, /--brand: #ffd400; --on-brand: #000000/);
    assert.match(sheet.text, /--brand: #402000; --on-brand: #ffffff/);
  });

  it('keep their cookies to https and to themselves where there is https', async () => {
    const gateway = await farm.another({ env: { GATEWAY_ISSUER: 'https://tv.example.com' } });
    const { headers } = await new Visitor(gateway.url).get('/activate');
    const [cookie = ''] = headers.getSetCookie().filter((line) => line.includes('csrf='));
    assert.match(cookie, /^__Host-csrf=/);
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/']) {
      assert.ok(cookie.includes(attribute), `${attribute} in ${cookie}`);
    }
    assert.match(headers.get('content-security-policy') ?? '', /upgrade-insecure-requests/);
  });

  it('end at once where the choice alone signs the viewer in', async () => {
    farm.stack.sandbox.degrade({ mvpd: 'SkyDish', kind: 'AuthNAll' });
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const code = String(body['user_code']);
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: code });
    await visitor.get('/activate/provider');
    const { status, text } = await visitor.submit({ user_code: code, mvpd: 'SkyDish' });
    assert.equal(status, 200);
    assert.match(text, /signed in with SkyDish/);
  });
});
