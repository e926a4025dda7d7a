import assert from 'node:assert/strict';
import { generateTokenKey } from '../../src/gateway/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { sharedTemporal } from '../support/stack.ts';
import { devicepass } from './support.ts';

describe('the address that a command listens at', function () {
  this.timeout(60_000);

  it('stands in brackets in the URL of a sandbox at an IPv6 address', async () => {
    for (const host of ['::1', '::']) {
      const sandbox = await startSandbox({ host });
      try {
        assert.equal(sandbox.url, `http://[::1]:${sandbox.port}`);
        assert.equal((await fetch(`${sandbox.url}/_sandbox/software-statement`)).status, 200);
      } finally {
        await sandbox.stop();
      }
    }
  });

  for (const host of ['192.0.2.1', 'nowhere.invalid', 'fe80::1']) {
    it(`is refused in one line where it is not ours: ${host}`, async () => {
      const { exitCode, stderr } = await devicepass(['sandbox', '--host', host, '--port', '0']);
      assert.equal(exitCode, 1);
      assert.equal(stderr, `devicepass: --host is ${host}: give an address of this machine\n`);
    });
  }

  it('is refused in one line by a gateway too', async () => {
    const { temporal } = await sharedTemporal();
    const { exitCode, stderr } = await devicepass(['gateway'], {
      ADOBE_PASS_URL: 'http://127.0.0.1:9',
      DEVICEPASS_KEYS: KeyRing.generate().export(),
      DEVICEPASS_LOG_LEVEL: 'error',
      GATEWAY_CLIENT_KEYS: KeyRing.generate().export(),
      GATEWAY_HOST: '192.0.2.1',
      GATEWAY_ISSUER: 'http://127.0.0.1:8080',
      GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
      TEMPORAL_ADDRESS: temporal.address,
    });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^devicepass: listen EADDRNOTAVAIL: .*192\.0\.2\.1:8080: give an address of this machine\n$/,
    );
  });
});
