import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readApps, readConfig } from '../../src/config.ts';
import { exampleSettings, settings } from './support.ts';

const ADOBE_PASS_URL = 'release-staging';

describe('the example settings', () => {
  it('name every setting of the worker, each with a comment, and nothing else', () => {
    assert.ok(settings.length > 10, 'the schema of src/config.ts was not found');
    const named = exampleSettings.map(({ name }) => name);
    assert.deepEqual(
      new Set(named.filter((name) => !name.startsWith('TEMPORAL_'))),
      new Set(settings),
    );
    assert.equal(new Set(named).size, named.length, 'a setting comes twice');
    for (const { name, comment } of exampleSettings) assert.ok(comment, `${name}: no comment`);
  });

  it('give the values that the worker takes without them', () => {
    const given = Object.fromEntries(exampleSettings.map(({ name, value }) => [name, value]));
    assert.deepEqual(readConfig({ ...given, ADOBE_PASS_URL }), readConfig({ ADOBE_PASS_URL }));
    const empty = exampleSettings.filter(({ value }) => value === '').map(({ name }) => name);
    assert.deepEqual(empty, [
      'ADOBE_PASS_URL',
      'DEVICEPASS_KEYS',
      'DEVICEPASS_MVPDS_SHOW',
      'DEVICEPASS_MVPDS_HIDE',
    ]);
  });

  it('come with a file of apps that the worker can read', () => {
    const apps = readApps(fileURLToPath(new URL('../../apps.example.json', import.meta.url)));
    assert.ok(apps.size >= 2, 'one app for TVs, one for the activation site');
  });
});
