import assert from 'node:assert/strict';
import { adobePassOrigins } from '../../src/adobe-pass-hosts.ts';
import { base, cleanUp, clientOf, recorder } from './support.ts';

const viewer = { ...base, mvpd: 'Cable', redirectUrl: 'https://app.example' };

/** Adobe as seen at `api.auth.adobe.com`, whose answers name other hosts. */
async function answering(url: string, location = false) {
  const server = await recorder(() => ({
    ...(location ? { status: 302, headers: { location: url } } : {}),
    body: {
      actionName: 'authenticate',
      code: 'ABC123',
      url,
      logouts: { Cable: { actionName: 'logout', actionType: 'interactive', url } },
    },
  }));
  const browserOrigins = adobePassOrigins('https://api.auth.adobe.com');
  return { server, pass: clientOf(server, { browserOrigins }) };
}

describe("an address for the viewer's browser", () => {
  afterEach(cleanUp);

  for (const host of ['api', 'sp', 'sp-prequal']) {
    it(`may be at ${host}.auth.adobe.com`, async () => {
      const url = `https://${host}.auth.adobe.com/api/v2/authenticate/DEMO/ABC123`;
      const { pass } = await answering(url);
      assert.equal((await pass.createSession(base)).url, url);
      assert.equal((await pass.resumeSession({ ...base, code: 'ABC123' })).url, url);
      assert.equal((await pass.logout(viewer))[0]?.url, url);
    });
  }

  for (const url of [
    '//other.example/login',
    '\\\\other.example\\login',
    '/\t/other.example/login',
    'https://other.example/login',
    'https://user@sp.auth.adobe.com/login',
    'https://sp.auth.adobe.com:8443/login',
    'http://sp.auth.adobe.com/login',
    'https://sp.auth-staging.adobe.com/login',
    'https://sp.auth.adobe.com.other.example/login',
    'javascript:alert(1)',
  ]) {
    it(`is Adobe's own page instead of ${JSON.stringify(url)}, and operators hear of it`, async () => {
      const { server, pass } = await answering(url);
      const notes: (string | undefined)[] = [];
      const call = { onCall: ({ note }: { note?: string }) => void notes.push(note) };
      const ours = `${server.url}/api/v2/authenticate/DEMO/ABC123`;
      const session = await pass.createSession(base, call);
      assert.equal(session.url, ours);
      assert.equal((await pass.resumeSession({ ...base, code: 'ABC123' }, call)).url, ours);
      const [action] = await pass.logout(viewer, call);
      assert.deepEqual([action?.actionName, action?.url], ['logout', undefined]);
      for (const note of [notes[0], notes[1], notes[2]]) {
        assert.match(note ?? '', /url leads away from Adobe Pass/);
      }
    });
  }

  it('of a redirect after a logout leads nowhere else either', async () => {
    const { pass } = await answering('https://other.example/bye', true);
    assert.deepEqual(await pass.logout(viewer), []);
    const { pass: near } = await answering('https://sp.auth.adobe.com/bye', true);
    assert.equal((await near.logout(viewer))[0]?.url, 'https://sp.auth.adobe.com/bye');
  });

  it("is Adobe's page where an answer names none", async () => {
    const server = await recorder(() => ({ body: { actionName: 'authenticate', code: 'A1' } }));
    const { url } = await clientOf(server).createSession(base);
    assert.equal(url, `${server.url}/api/v2/authenticate/DEMO/A1`);
  });
});
