import assert from 'node:assert/strict';
import { type Farm, signIn, startFarm } from '../gateway/support.ts';
import { bySubject } from '../service-tokens/support.ts';
import { BRIEFLY, has, runTv } from '../oauth-clients/run.ts';
import { install, openWorkshop, type Workshop } from './workshop.ts';

const GENERATOR = 'org.openapitools:openapi-generator-cli:7.17.0';
const missing = [
  ...(has('java', '-version') ? [] : ['java']),
  ...(has('mvn', '-version') ? [] : ['mvn']),
];

describe("clients generated from the API's description", function suite() {
  this.timeout(240_000);
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ serviceTokens: bySubject });
  });
  after(() => farm.stop());

  const comesThrough = async (program: string) => {
    const env = { ISSUER: farm.url, STATEMENT: farm.statement };
    const told = await runTv(process.execPath, [program], env, async (code) => signIn(farm, code));
    const { user_code: _code, ...rest } = told;
    assert.deepEqual(rest, {
      session: 'signed-in',
      provider: 'NorthCable',
      lasts: true,
      permitted: true,
      after: 'signed-out',
    });
  };

  const inWorkshop = async (name: string, work: (workshop: Workshop) => Promise<void>) => {
    const workshop = await openWorkshop(name, farm.url);
    try {
      await work(workshop);
    } finally {
      await workshop.close();
    }
  };

  it('of openapi-typescript and openapi-fetch compile and come through', async () => {
    await inWorkshop('openapi-fetch', async (workshop) => {
      await install(workshop);
      const generate = 'node_modules/.bin/openapi-typescript';
      await workshop.run(generate, workshop.document, '--output', 'generated/schema.ts');
      await comesThrough(await workshop.compile());
    });
  });

  /** Makes a client with openapi-generator, which is a Java program. */
  const generate = async ({ run, document }: Workshop, language: string, options: string) => {
    const copy = ['-q', '-B', 'dependency:copy', `-Dartifact=${GENERATOR}`];
    await run('mvn', ...copy, '-DoutputDirectory=.', '-Dmdep.stripVersion=true');
    const from = ['-i', document, '-g', language, '-o', 'generated'];
    const more = ['--additional-properties', options];
    await run(
      'java',
      ...BRIEFLY,
      '-jar',
      'openapi-generator-cli.jar',
      'generate',
      ...from,
      ...more,
    );
  };

  const withJava = (title: string, test: () => Promise<void>) => {
    if (missing.length === 0) it(title, test);
    else it.skip(`${title} (skipped: no ${missing.join(' and no ')} on this machine)`, test);
  };

  withJava('of openapi-generator (typescript-fetch) compile and come through', async () => {
    await inWorkshop('typescript-fetch', async (workshop) => {
      await generate(workshop, 'typescript-fetch', 'importFileExtension=.js');
      await comesThrough(await workshop.compile());
    });
  });

  withJava('of openapi-generator (kotlin) compile', async () => {
    await inWorkshop('kotlin', async (workshop) => {
      const wrapped = 'serializationLibrary=gson,generateOneOfAnyOfWrappers=true';
      await generate(workshop, 'kotlin', wrapped);
      await workshop.run('mvn', '-q', '-B', 'compile');
    });
  });
});
