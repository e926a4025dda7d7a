import assert from 'node:assert/strict';
import { answering, redirectUrl, viewer } from './one-answer.ts';
import { cleanUp } from './support.ts';

describe('a logout', () => {
  afterEach(cleanUp);

  const input = { ...viewer, redirectUrl };

  for (const body of ['', '{}', 'null', '[]', '<html>Good bye</html>', '{"logouts":null}']) {
    it(`is done, with nothing left to do, by ${JSON.stringify(body)}`, async () => {
      for (const status of [200, 202]) {
        const { pass, call, notes } = await answering(body, { status });
        assert.deepEqual(await pass.logout(input, call), []);
        assert.equal(typeof notes[0], 'string');
      }
    });
  }

  it('is done by 204', async () => {
    const { pass } = await answering('', { status: 204 });
    assert.deepEqual(await pass.logout(input), []);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`is done by a ${status}, whose address is for the viewer's browser`, async () => {
      const location = '/adobe-services/logout?x=1';
      const { pass } = await answering('', { status, headers: { location } });
      const [action] = await pass.logout(input);
      assert.deepEqual([action?.mvpd, action?.actionName], ['Cable', 'logout']);
      assert.match(action?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/adobe-services\/logout\?x=1$/);
    });
  }

  for (const location of [undefined, 'javascript:alert(1)', 'http://']) {
    it(`is done by a redirect to ${location}, which nobody follows`, async () => {
      const headers = location === undefined ? {} : { location };
      const { pass } = await answering('', { status: 302, headers });
      assert.deepEqual(await pass.logout(input), []);
    });
  }

  for (const [status, action] of [
    [400, 'none'],
    [403, 'authentication'],
  ] as const) {
    it(`fails with Adobe's word for a ${status}`, async () => {
      const error = { code: 'invalid_integration', action, status, message: 'm' };
      const { pass } = await answering(error, { status });
      await assert.rejects(pass.logout(input), { code: 'invalid_integration', action, status });
    });
  }
});
