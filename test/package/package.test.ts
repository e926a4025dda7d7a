import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../src/cli/temporal-server.ts';
import { generateTokenKey } from '../../src/gateway/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';
import { buildWorkflowBundle } from '../../src/workflow-bundle.ts';
import { sharedTemporal } from '../support/stack.ts';
import { installPackage, Npx, type Project } from './installed.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const typeRoots = join(root, 'node_modules', '@types');

describe('the package', function () {
  this.timeout(120_000);
  let project: Project;
  before(async () => {
    project = await installPackage();
  });
  after(() => project.remove());

  describe('for a backend', () => {
    it('is imported by plain Node', async () => {
      const { folder } = project;
      const script = [
        "import { connect, DevicePassError } from 'devicepass';",
        "try { await connect({ keys: 'nonsense' }); }",
        'catch (error) { console.log(error.code ?? error.name, error instanceof Error); }',
      ].join('\n');
      await writeFile(join(folder, 'backend.mjs'), script);
      const { stdout } = await run(process.execPath, ['backend.mjs'], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      assert.match(stdout, /true$/m);
    }).timeout(30_000);

    it('brings its types and its command', async () => {
      const { folder } = project;
      const place = join(folder, 'node_modules', 'devicepass');
      await writeFile(
        join(folder, 'backend.ts'),
        "import { connect } from 'devicepass';\nexport const pass = connect({ keys: 'a' });\n",
      );
      const tsc = join(root, 'node_modules', '.bin', 'tsc');
      const options = ['--noEmit', '--module', 'nodenext', '--skipLibCheck', '--strict'];
      await run(tsc, [...options, '--types', 'node', '--typeRoots', typeRoots, 'backend.ts'], {
        cwd: folder,
      });
      const { stdout } = await run(process.execPath, [join(place, 'bin/devicepass.js'), '--help'], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      assert.match(stdout, /worker/);
    }).timeout(60_000);
  });

  describe('npx devicepass, in an empty project that installed the package', () => {
    let sandbox: Sandbox;
    let npx: Npx | undefined;
    before(async () => {
      sandbox = await startSandbox();
      const app = {
        softwareStatement: sandbox.softwareStatement(),
        serviceProvider: 'REF30',
        domainName: 'example.com',
        redirectUrl: 'http://127.0.0.1:9/done',
      };
      await writeFile(join(project.folder, 'apps.json'), JSON.stringify({ tv: app }));
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
      await fetch(issuer, { headers: { 'x-forwarded-for': '198.51.100.7' } });
      npx.terminate();
      await npx.ends();
      assert.match(npx.printed, /127\.0\.0\.1 is ignored: .* name it in GATEWAY_TRUSTED_PROXIES/);
      assert.match(npx.printed, /"gateway stops"/);
    });
  });

  describe('its bundle of workflow code', () => {
    it('answers for all sources of ours in it, by names that are the same on every machine', async () => {
      const { code } = await buildWorkflowBundle();
      const [, map = ''] = /sourceMappingURL=data:[^,]*;base64,([A-Za-z0-9+/=]+)/.exec(code) ?? [];
      const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as {
        sources: string[];
      };
      const ours = sources.filter((source) => /^(?!.*node_modules).*\.ts$/.test(source));
      assert.ok(ours.includes('src/workflows/device-lifecycle.ts'), ours.join());
      const [, answersFor = ''] = /^\/\/ made of (.*)$/m.exec(code) ?? [];
      const made = JSON.parse(answersFor) as { sources: Record<string, string> };
      assert.deepEqual(Object.keys(made.sources).toSorted(), ours.toSorted());
    });

    it('is what workers load, until a source differs from what it was made of', async () => {
      const { folder } = project;
      const program = join(folder, 'bundles.mjs');
      const place = './node_modules/devicepass/';
      await writeFile(
        program,
        `import { appendFileSync } from 'node:fs';
       import { bundleWorkflows } from '${place}src/workflow-bundle.ts';
       const isBuilt = async () => /^\\/\\/ made of /.test((await bundleWorkflows()).code);
       console.log(await isBuilt());
       appendFileSync(new URL('${place}src/workflows/state.ts', import.meta.url), '// mended\\n');
       console.log(await isBuilt());`,
      );
      const { stdout } = await run(process.execPath, ['--import', 'tsx', program], {
        cwd: folder,
      });
      assert.equal(stdout, 'true\nfalse\n');
    });
  });
});
