import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/cli/temporal-server.ts';
import { generateTokenKey } from '../../src/gateway/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { sharedTemporal } from '../support/stack.ts';
import { installPackage, Npx, type Project } from './installed.ts';

describe('npx devicepass, in an empty project that installed the package', function () {
  this.timeout(120_000);
  let project: Project;
  let sandbox: Sandbox;
  let npx: Npx | undefined;
  before(async () => {
    [project, sandbox] = await Promise.all([installPackage(), startSandbox()]);
    const app = {
      softwareStatement: sandbox.softwareStatement(),
      serviceProvider: 'REF30',
      domainName: 'example.com',
      redirectUrl: 'http://127.0.0.1:9/done',
    };
    writeFileSync(join(project.folder, 'apps.json'), JSON.stringify({ tv: app }));
  });
  after(() => sandbox.stop());
  afterEach(async () => {
    npx?.terminate();
    await npx?.ends();
  });

  const settings = async () => ({
    ADOBE_PASS_URL: sandbox.url,
    DEVICEPASS_KEYS: KeyRing.generate().export(),
    DEVICEPASS_TASK_QUEUE: `test-${randomUUID()}`,
    TEMPORAL_ADDRESS: (await sharedTemporal()).temporal.address,
  });

  it('plays the demo to its end', async () => {
    npx = new Npx(project, ['demo', '--once'], await settings());
    const exitCode = await npx.ends();
    assert.match(npx.printed, /\nIt worked: a code, a sign-in, a play and a logout/);
    assert.equal(exitCode, 0);
  });

  it('runs a worker, until npx gets SIGTERM', async () => {
    npx = new Npx(project, ['worker'], await settings());
    await npx.prints(/"worker runs"/);
    npx.terminate();
    await npx.ends();
    assert.match(npx.printed, /"worker stopped"/);
  });

  it('runs a gateway, until npx gets SIGTERM', async () => {
    const issuer = `http://127.0.0.1:${await freePort()}`;
    npx = new Npx(project, ['gateway'], {
      ...(await settings()),
      GATEWAY_CLIENT_KEYS: KeyRing.generate().export(),
      GATEWAY_DRAIN_MS: '0',
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_ISSUER: issuer,
      GATEWAY_PORT: new URL(issuer).port,
      GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
    });
    await npx.prints(/"gateway runs"/);
    const metadata = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
    assert.equal(((await metadata.json()) as { issuer: string }).issuer, issuer);
    npx.terminate();
    await npx.ends();
    assert.match(npx.printed, /"gateway stops"/);
  });
});
