import assert from 'node:assert/strict';
import { catalogueSettingsSchema, createAem } from '../../src/aem/index.ts';

describe('settings of AEM', () => {
  const bad: [object, RegExp][] = [
    [{ author: 'author.example.com' }, /must begin with https/],
    [{ author: 'ftp://author.example.com' }, /must begin with https/],
    [{ publish: 'https://publish-p1-e2.adobeaemcloud.com/content' }, /scheme and host only/],
    [{ publish: 'https://author-p1-e2.adobeaemcloud.com' }, /this is the author host/],
    [{ author: 'http://author-p1-e2.adobeaemcloud.com' }, /in clear/],
  ];
  for (const [hosts, problem] of bad) {
    it(`refuse ${JSON.stringify(hosts)}`, () => {
      assert.throws(() => createAem({ hosts }), problem);
    });
  }

  it('never repeat the password of a host', () => {
    const hosts = { author: 'http://admin:very-secret@localhost:4502' };
    assert.throws(
      () => createAem({ hosts }),
      (error: Error) => /AEM_BASIC/.test(error.message) && !error.message.includes('very-secret'),
    );
  });

  it('take the hosts of a cloud environment and of a local AEM', () => {
    const cloud = (tier: string) => `https://${tier}-p12-e34.adobeaemcloud.com`;
    const hosts = { author: cloud('author'), preview: cloud('preview'), publish: cloud('publish') };
    createAem({ hosts }).close();
    createAem({ hosts: { author: 'http://localhost:4502/' } }).close();
    assert.throws(() => createAem({ hosts, requestTimeoutMs: 0 }), RangeError);
  });

  it('of the catalogue are checked, with defaults that fit the starter package', () => {
    const { model, tier, pageSize, queries } = catalogueSettingsSchema.parse({});
    assert.deepEqual(
      { model, tier, pageSize, queries },
      {
        model: 'tveAsset',
        tier: 'publish',
        pageSize: 50,
        queries: { page: 'tve/assets-page', bySlug: 'tve/asset-by-slug' },
      },
    );
    const wrong = [{ modle: 'x' }, { fields: { slug: 'a b' } }, { fields: { slug: null } }];
    for (const each of [...wrong, { queries: { page: 'one' } }, { pageSize: 0 }]) {
      assert.equal(catalogueSettingsSchema.safeParse(each).success, false, JSON.stringify(each));
    }
  });
});
