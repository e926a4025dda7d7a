import assert from 'node:assert/strict';
import type { Configuration } from '../../src/adobe-pass/index.ts';
import { Configurations, platformOf } from '../../src/client/configurations.ts';
import { FACTS } from '../support/stack.ts';

const list = (id: string): Configuration => ({
  serviceProvider: { id, domains: [] },
  mvpds: [],
});

describe('lists of providers', () => {
  const clock = { now: 1_000 };
  let lists: Configurations;
  let fetched: string[];
  beforeEach(() => {
    lists = new Configurations(() => clock.now);
    fetched = [];
  });
  const ask = async (key: string) =>
    lists.of(key, async () => {
      fetched.push(key);
      return list(`${key}-${fetched.length}`);
    });

  it('are good for two minutes, and then fetched anew [CFG-08]', async () => {
    const first = await ask('tv');
    clock.now += 119_000;
    assert.deepEqual(await ask('tv'), first);
    clock.now += 2_000;
    assert.notDeepEqual(await ask('tv'), first);
    assert.equal(fetched.length, 2);
  });

  it('are one for each platform [CFG-09]', async () => {
    const box = { ...FACTS, primaryHardwareType: 'SetTopBox' } as const;
    const android = { ...FACTS, osName: 'Android' } as const;
    const platforms = [FACTS, box, android, { ...android, model: 'AFTM' }];
    for (const facts of [...platforms, ...platforms]) await ask(platformOf(facts));
    assert.equal(fetched.length, platforms.length);
  });

  it('are fetched once for all who ask at the same time', async () => {
    await Promise.all([ask('tv'), ask('tv'), ask('tv')]);
    assert.deepEqual(fetched, ['tv']);
  });

  it('are asked for again after a failure, and the last one is known meanwhile', async () => {
    const first = await ask('tv');
    clock.now += 300_000;
    await assert.rejects(lists.of('tv', async () => Promise.reject(new Error('away'))));
    assert.deepEqual(lists.known('tv'), first);
    assert.equal(lists.known('phone'), undefined);
    await ask('tv');
    assert.equal(fetched.length, 2);
  });
});
