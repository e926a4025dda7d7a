import assert from 'node:assert/strict';
import type { AemSandbox } from '../../src/sandbox/aem/index.ts';
import { startAem } from '../catalogue/support.ts';
import { type Farm, startFarm, Tv } from './support.ts';

describe('a page of the catalogue', () => {
  let farm: Farm;
  let aem: AemSandbox;
  before(async () => {
    const { sandbox, settings } = await startAem();
    aem = sandbox;
    farm = await startFarm({ config: { aem: settings } });
  });
  after(async () => {
    await farm.stop();
    await aem.stop();
  });

  it('behind a cursor of nobody is refused: the TV begins at the first page', async () => {
    const tv = new Tv(farm);
    const { status, body } = await tv.send('/v1/catalog?after=junk');
    assert.deepEqual([status, body['code']], [400, 'invalid_cursor'], JSON.stringify(body));
    assert.match(String(body['message']), /begin at the first page/);
    assert.equal((await tv.send('/v1/catalog')).status, 200);
  });

  it('names the scope that each part needs', async () => {
    const { body } = await new Tv(farm).send('/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, { security?: object }>>;
    assert.deepEqual(paths['/v1/catalog']?.['get']?.security, []);
    for (const path of ['/v1/catalog/access', '/v1/play']) {
      const [operation] = Object.values(paths[path] ?? {});
      assert.deepEqual(operation?.security, [{ bearer: ['tv'] }], path);
    }
  });
});
