import assert from 'node:assert/strict';
import { CompactEncrypt } from 'jose';
import { type MetadataAttribute, readAttributes } from '../../src/user-metadata/attributes.ts';
import { UserMetadataKeys } from '../../src/user-metadata/index.ts';
import { encrypted, encryptedPkcs1, KeyFolder } from './support.ts';

describe('user metadata that Adobe encrypted [S2S-08]', () => {
  const folder = new KeyFolder();
  after(() => folder.remove());
  const current = folder.pair('current');
  const backup = folder.pair('backup');
  const stranger = folder.pair('stranger');

  const keysOf = (keys: unknown[], scheme = 'rsa-oaep') =>
    new UserMetadataKeys(folder.settings({ serviceProviders: { REF30: { scheme, keys } } })).of({
      app: 'tv',
      serviceProvider: 'REF30',
    });
  const both = () => keysOf([current.files, backup.files]);
  const zipOf = async (value: unknown, keys = both()): Promise<MetadataAttribute> => {
    const plain = { value: 'u-1', state: 'plain' };
    const read = await readAttributes({ userID: plain, zip: { value, state: 'enc' } }, keys);
    // Whatever becomes of one, the others are given.
    assert.deepEqual(read['userID'], { status: 'plain', value: 'u-1' });
    const { zip } = read;
    assert.ok(zip);
    return zip;
  };
  const reasonOf = (zip: MetadataAttribute) => {
    assert.ok(zip.status === 'unreadable', JSON.stringify(zip));
    assert.ok(!zip.message.includes('\n'), 'one line');
    return zip.reason;
  };

  it('is opened with the current certificate and with the backup', async () => {
    for (const { publicKey } of [current, backup]) {
      const zip = await zipOf(encrypted(publicKey, '94107'));
      assert.deepEqual(zip, { status: 'decrypted', value: '94107' });
    }
  });

  it('is opened with a backup by PKCS#1 v1.5', async () => {
    const keys = keysOf([current.files, backup.files], 'rsa-pkcs1');
    const zip = await zipOf(encryptedPkcs1(backup.publicKey, '94107'), keys);
    assert.deepEqual(zip, { status: 'decrypted', value: '94107' });
  });

  it('is opened while one of the certificates has ended, and files of the other are broken', async () => {
    const ended = folder.pair('ended', { days: -1 });
    const noKey = folder.write('broken.key', 'no key');
    const noCertificate = folder.write('broken.pem', 'no certificate');
    const keys = keysOf([
      { certificateFile: noCertificate, privateKeyFile: noKey },
      { certificateFile: '/not/there.pem', privateKeyFile: '/not/there.key' },
      ended.files,
    ]);
    assert.equal((await zipOf(encrypted(ended.publicKey, '94107'), keys)).status, 'decrypted');
  });

  it('counts as unreadable with a reason where it can not be opened', async () => {
    const value = encrypted(stranger.publicKey, '94107');
    const wrong = await zipOf(value);
    assert.equal(reasonOf(wrong), 'wrong_key');
    assert.ok(!JSON.stringify(wrong).includes(value.slice(0, 20)));
    assert.match(
      wrong.status === 'unreadable' ? wrong.message : '',
      /none of 2 keys of service provider REF30 opens zip by rsa-oaep/,
    );
    assert.equal(reasonOf(await zipOf(encryptedPkcs1(current.publicKey, '1'))), 'wrong_key');
    const noKeys = await readAttributes({ zip: { value, state: 'enc' } }, undefined);
    assert.equal(noKeys['zip'] && reasonOf(noKeys['zip']), 'no_keys');
    const certificateFile = current.files.certificateFile;
    assert.equal(reasonOf(await zipOf(value, keysOf([{ certificateFile }]))), 'no_usable_key');
    for (const none of ['94107', '', null, 7, {}, 'a.b.c.d.e', value.slice(4)]) {
      assert.equal(reasonOf(await zipOf(none)), 'other_scheme', JSON.stringify(none));
    }
  });

  it('says which scheme to set where a value tells its own', async () => {
    const jwe = async (alg: string) =>
      new CompactEncrypt(Buffer.from('94107'))
        .setProtectedHeader({ alg, enc: 'A256GCM' })
        .encrypt(current.publicKey);
    const asJwe = keysOf([current.files], 'jwe');
    assert.deepEqual(await zipOf(await jwe('RSA-OAEP'), asJwe), {
      status: 'decrypted',
      value: '94107',
    });
    const one = await zipOf(await jwe('RSA-OAEP'));
    assert.match(one.status === 'unreadable' ? one.message : '', /set scheme jwe/);
    const other = await zipOf(encrypted(current.publicKey, '1'), asJwe);
    assert.match(other.status === 'unreadable' ? other.message : '', /set an rsa scheme/);
    const header = Buffer.from(JSON.stringify({ alg: 'RSA1_5', enc: 'A256GCM' }));
    const old = await zipOf(`${header.toString('base64url')}.a.b.c.d`, asJwe);
    assert.match(old.status === 'unreadable' ? old.message : '', /by another algorithm/);
  });

  it('is read in all that answers are known to do: blanks, line breaks, odd case', async () => {
    const value = `${encrypted(current.publicKey, '94107').replaceAll(/.{76}/g, '$&\r\n')} `;
    const read = await readAttributes(
      {
        'ZIP ': { value, state: ' ENC ' },
        householdid: { value: 'h', state: 'Plain' },
        householdID: { value: 'the documented one', state: 'plain' },
        newToUs: { value: [1], state: 'plain' },
      },
      both(),
    );
    assert.deepEqual(read, {
      zip: { status: 'decrypted', value: '94107' },
      householdID: { status: 'plain', value: 'the documented one' },
      newToUs: { status: 'plain', value: [1] },
    });
  });

  it('opens a list item by item, and gives it as a whole or not at all', async () => {
    const one = encrypted(current.publicKey, '94107');
    const two = encrypted(backup.publicKey, '10115');
    assert.deepEqual(await zipOf([one, two]), { status: 'decrypted', value: ['94107', '10115'] });
    const strange = encrypted(stranger.publicKey, '3');
    assert.equal(reasonOf(await zipOf([one, strange])), 'wrong_key');
  });

  it('tells what Adobe could not give, and what is in no known state', async () => {
    const read = await readAttributes(
      { zip: { error: 'no certificate', state: 'enc' }, maxRating: { value: 1, state: 'hashed' } },
      both(),
    );
    assert.ok(read['zip'] && read['maxRating']);
    assert.equal(reasonOf(read['zip']), 'adobe_error');
    assert.equal(reasonOf(read['maxRating']), 'unknown_state');
  });
});
