import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { flows } from '../../scripts/histories/flows.ts';
import { historyFiles, scenarioOf } from './support.ts';

const folder = new URL('../flows/', import.meta.url);
const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
const ALL = Array.from({ length: 19 }, (_, number) => `F${number}`);

/** `f07-authorization.test.ts` is a test of F7. */
function testsOf(flow: string): string[] {
  return tests.filter((file) => file.startsWith(`f${flow.slice(1).padStart(2, '0')}-`));
}

describe("each of Adobe's flows [TST-11]", () => {
  for (const flow of ALL) {
    it(`${flow} has a test of its name, and a history to replay`, () => {
      const named = testsOf(flow);
      const histories = flows[flow] ?? [];
      assert.ok(named.length > 0, `no test/flows/f${flow.slice(1).padStart(2, '0')}-*.test.ts`);
      assert.ok(histories.length > 0, `no line of ${flow} in scripts/histories/flows.ts`);
      for (const file of named) {
        const source = readFileSync(new URL(file, folder), 'utf8');
        assert.match(
          source,
          new RegExp(`^describe\\(['"\`]${flow} `, 'm'),
          `${file} names ${flow}`,
        );
      }
    });
  }

  it('is one of the nineteen, by histories that exist', () => {
    const recorded = historyFiles().map(scenarioOf);
    for (const [flow, histories] of Object.entries(flows)) {
      assert.ok(ALL.includes(flow), flow);
      for (const history of histories) assert.ok(recorded.includes(history), `${flow}: ${history}`);
    }
    for (const file of tests)
      assert.ok(
        ALL.some((flow) => testsOf(flow).includes(file)),
        file,
      );
  });
});
