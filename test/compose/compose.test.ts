import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';
import { compose, composeSchema, mountedFiles, projectFile, settings } from './support.ts';

describe('the compose file', () => {
  const services = Object.entries(compose.services);

  function service(name: string) {
    const found = compose.services[name];
    assert.ok(found, `no service ${name}`);
    return found;
  }

  it('follows the compose specification', () => {
    const formats = { duration: true, ports: true, expose: true, subnet_ip_address: true } as const;
    const ajv = new Ajv2019({ strict: false, allErrors: true, formats });
    ajv.removeKeyword('id');
    const valid = ajv.compile(composeSchema());
    assert.ok(valid(compose), ajv.errorsText(valid.errors));
    assert.ok(!valid({ services: { a: { imagee: 'b' } } }), 'the schema takes anything');
  });

  it('starts each service after what it needs, with no circle', () => {
    const started = new Set<string>();
    const left = new Map(services);
    while (left.size > 0) {
      const ready = [...left].filter(([, { depends_on }]) =>
        Object.keys(depends_on ?? {}).every((name) => started.has(name)),
      );
      assert.ok(ready.length > 0, `can never start: ${[...left.keys()].join(', ')}`);
      for (const [name] of ready) {
        started.add(name);
        left.delete(name);
      }
    }
    const order = [...started];
    const chain = ['postgres', 'schema', 'temporal', 'namespace', 'devicepass'];
    assert.deepEqual(
      order.filter((name) => chain.includes(name)),
      chain,
    );
  });

  it('waits for jobs to end, and for servers to be healthy', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const other = service(needed);
        const isJob = other.restart === 'on-failure';
        const fitting = isJob ? 'service_completed_successfully' : 'service_healthy';
        assert.equal(condition, fitting, `${name} needs ${needed}`);
        if (!isJob) assert.ok(other.healthcheck, `${needed} has no healthcheck to wait for`);
      }
    }
  });

  it('pins every image, and the Temporal images to one version', () => {
    for (const [name, { image = '' }] of services) {
      assert.match(image, /^[a-z/-]+:\d+\.\d+(\.\d+)?$/, `image of ${name}`);
    }
    const version = service('temporal').image?.split(':')[1];
    for (const job of ['schema', 'namespace']) {
      assert.equal(service(job).image, `temporalio/admin-tools:${version}`);
    }
  });

  it('gives the worker only settings that it knows', () => {
    const { environment = {}, env_file } = service('devicepass');
    assert.equal(env_file, '.env');
    for (const name of Object.keys(environment)) {
      assert.ok(settings.includes(name) || name.startsWith('TEMPORAL_'), `${name} is no setting`);
    }
  });

  it('gives the server the password that the database has', () => {
    const password = service('postgres').environment?.['POSTGRES_PASSWORD'];
    assert.ok(password);
    assert.equal(service('temporal').environment?.['POSTGRES_PWD'], password);
    assert.equal(service('schema').environment?.['SQL_PASSWORD'], password);
  });

  it('opens ports on this machine only', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `port of ${name}`);
    }
  });

  it('mounts files that exist, and names no secret or volume that it does not declare', () => {
    for (const [name, found] of services) {
      for (const file of mountedFiles(found)) {
        assert.ok(existsSync(new URL(`../../${file}`, import.meta.url)), `${name}: no ${file}`);
      }
      for (const secret of found.secrets ?? []) assert.ok(compose.secrets?.[secret], secret);
      for (const volume of found.volumes ?? []) {
        const from = volume.split(':')[0] ?? '';
        if (!from.startsWith('.')) assert.ok(compose.volumes && from in compose.volumes, volume);
      }
    }
  });

  it('creates the search attributes that workflows set', () => {
    const script = projectFile('deploy/temporal/setup-namespace.sh');
    const created = [...script.matchAll(/^add (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      created,
      SEARCH_ATTRIBUTES.map(({ name }) => name),
    );
    assert.match(script, /--type Keyword/);
    assert.ok(SEARCH_ATTRIBUTES.every(({ type }) => type === 'KEYWORD'));
  });
});

describe('the image', () => {
  const dockerfile = projectFile('Dockerfile');

  it('runs the worker as a user without rights, on the Node version that is tested', () => {
    assert.match(dockerfile, /^FROM node:20-slim$/m);
    assert.match(dockerfile, /^USER node$/m);
    assert.match(dockerfile, /^CMD \["node", "bin\/devicepass\.js", "worker"\]$/m);
  });

  it('copies only what its build context lets through', () => {
    const allowed = [...projectFile('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' ').map((path) => path.replace(/^\.\//, '')),
    );
    assert.deepEqual(new Set(copied), new Set(allowed));
  });

  it('installs every package that the sources import', () => {
    const { dependencies } = JSON.parse(projectFile('package.json')) as {
      dependencies: Record<string, string>;
    };
    const folder = fileURLToPath(new URL('../../src/', import.meta.url));
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const source = projectFile(`src/${file}`);
      for (const [, name = ''] of source.matchAll(
        /^(?:import|export) (?!type )[^;]*?from '((?:@[^/']+\/)?[^./'][^/':]*)[^':]*';$/gm,
      )) {
        assert.ok(name in dependencies, `src/${file} imports ${name}, which is no dependency`);
      }
    }
  });
});
