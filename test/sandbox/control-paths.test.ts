import assert from 'node:assert/strict';
import { startSandbox } from '../../src/sandbox/index.ts';

describe('the address of the controls', () => {
  it('lists every path under it with what it does, and each is served', async () => {
    const sandbox = await startSandbox();
    try {
      const answer = await fetch(`${sandbox.url}/_sandbox/`);
      assert.equal(answer.status, 200);
      const paths = Object.entries((await answer.json()) as Record<string, string>);
      assert.ok(paths.length > 10);
      for (const [path, purpose] of paths) {
        const [method = '', url = ''] = path.split(' ');
        const { status } = await fetch(sandbox.url + url, { method });
        assert.ok([200, 400].includes(status), `${path}: ${status}`);
        assert.match(purpose, /^[^\n]{5,90}$/);
      }
    } finally {
      await sandbox.stop();
    }
  });

  it('refuses to encrypt with what is no certificate', async () => {
    const sandbox = await startSandbox();
    try {
      const answer = await fetch(`${sandbox.url}/_sandbox/metadata-certificates`, {
        method: 'POST',
        body: JSON.stringify({ mvpd: 'RiverFiber', certificate: 'PEM' }),
      });
      const error = 'certificate is no X.509 certificate in PEM form';
      assert.deepEqual([answer.status, await answer.json()], [400, { error }]);
    } finally {
      await sandbox.stop();
    }
  });
});
