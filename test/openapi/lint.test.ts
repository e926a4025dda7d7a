import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Farm, startFarm } from '../gateway/support.ts';
import { bySandbox } from '../media-tokens/support.ts';
import { bySubject } from '../service-tokens/support.ts';
import { install, openWorkshop, type Workshop } from './workshop.ts';

describe("the API's description, by other people's rules", function suite() {
  this.timeout(180_000);
  let farm: Farm;
  let tools: Workshop;
  before(async () => {
    farm = await startFarm({ mediaTokens: bySandbox, serviceTokens: bySubject });
    tools = await openWorkshop('tools', farm.url);
    await install(tools);
  });
  after(async () => {
    await tools?.close();
    await farm?.stop();
  });

  const bin = (name: string) => join(tools.folder, 'node_modules', '.bin', name);

  it('has no error and no warning for redocly (recommended)', async () => {
    const options = ['--extends', 'recommended', '--format', 'json'];
    const said = await tools.run(bin('redocly'), 'lint', ...options, tools.document);
    const { problems } = JSON.parse(said) as { problems: { ruleId: string; message: string }[] };
    assert.deepEqual(
      problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      [],
    );
  });

  it('has no error, warning or hint for spectral (spectral:oas)', async () => {
    await tools.run(
      bin('spectral'),
      'lint',
      '--ruleset',
      'spectral.yaml',
      '--fail-severity',
      'hint',
      tools.document,
    );
  });
});
