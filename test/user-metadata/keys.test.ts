import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ConfigError } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { watchOverCertificates } from '../../src/user-metadata-log.ts';
import { readUserMetadataKeys, UserMetadataKeys } from '../../src/user-metadata/index.ts';
import {
  type CertificateEvent,
  certificateStatuses,
  createCertificateWatch,
} from '../../src/user-metadata/watch.ts';
import { KeyFolder } from './support.ts';

const DAY_MS = 24 * 3_600_000;

describe('the certificates shared with Adobe for user metadata [S2S-08]', () => {
  const folder = new KeyFolder();
  after(() => folder.remove());
  const pair = folder.pair('current', { days: 45 });
  const backup = folder.pair('backup', { days: 400 });
  const settings = (keys: unknown[], scheme: unknown = 'rsa-oaep') =>
    folder.settings({ serviceProviders: { REF30: { scheme, keys } } });
  const problem = (content: unknown): string => {
    const file = typeof content === 'string' ? folder.write('x.json', content) : undefined;
    try {
      // oxlint-disable-next-line no-new
      new UserMetadataKeys(file ?? folder.settings(content));
    } catch (error) {
      assert.ok(error instanceof ConfigError, String(error));
      assert.ok(!error.message.includes('\n'), 'one line');
      return error.message.replace(folder.path, '');
    }
    return assert.fail('this was accepted');
  };

  it('are those of the app, else of its service provider', () => {
    const owner = (keys: unknown) => ({ scheme: 'jwe', keys: [keys] });
    const keys = new UserMetadataKeys(
      folder.settings({
        serviceProviders: { REF30: owner(pair.files) },
        apps: { special: owner(backup.files) },
      }),
    );
    const ownerOf = (app: string, serviceProvider?: string) =>
      keys.of(serviceProvider === undefined ? { app } : { app, serviceProvider })?.owner;
    assert.equal(ownerOf('special', 'REF30'), 'app special');
    assert.equal(ownerOf('tv', 'REF30'), 'service provider REF30');
    assert.equal(ownerOf('tv', 'CITYTV'), undefined);
    assert.equal(ownerOf('tv'), undefined);
    assert.equal(readUserMetadataKeys({}), undefined);
    assert.ok(readUserMetadataKeys({ DEVICEPASS_USER_METADATA: folder.file }));
  });

  it('are refused with one line where their file is wrong', () => {
    const keys = [pair.files];
    const REF30 = { scheme: 'rsa', keys };
    assert.equal(
      problem({ serviceProviders: { REF30 } }),
      '/user-metadata.json: serviceProviders.REF30.scheme: use one of rsa-oaep, rsa-oaep-256, ' +
        'rsa-oaep-256-mgf1-sha1, rsa-pkcs1, jwe',
    );
    assert.match(problem({ serviceProviders: { REF30: { keys } } }), /REF30\.scheme: use one of/);
    assert.match(problem({ apps: { tv: { scheme: 'jwe', keys: [] } } }), /keys: give a key pair/);
    assert.match(problem({ apps: { tv: { scheme: 'jwe', keys: [{}] } } }), /give a file/);
    assert.match(problem('{'), /is not JSON/);
    assert.throws(() => new UserMetadataKeys('/not/there.json'), /can't be read \(ENOENT\)/);
  });

  it('show what is wrong with single files, and never their content', () => {
    const small = folder.pair('small', { bits: 1_024 });
    const exposed = folder.pair('exposed');
    chmodSync(exposed.files.privateKeyFile, 0o644);
    const noKey = folder.write('no.key', 'SECRET WORDS');
    const keys = new UserMetadataKeys(
      settings([
        { ...pair.files, privateKeyFile: backup.files.privateKeyFile },
        { certificateFile: noKey, privateKeyFile: noKey },
        small.files,
        exposed.files,
        { certificateFile: '/not/there.pem' },
      ]),
    );
    const { owned } = keys.all();
    const problems = certificateStatuses(owned, Date.now()).map((status) =>
      status.problems.join('; ').replaceAll(`${folder.path}/`, ''),
    );
    assert.deepEqual(problems, [
      'backup.key does not belong to current.pem',
      'no.key is not a certificate: give a PEM file; ' +
        'no.key is not a private key without passphrase: give a PEM file',
      'small.key has 1024 bits: Adobe asks for 2048',
      'exposed.key can be read by everybody: chmod 600',
      "/not/there.pem can't be read (ENOENT)",
    ]);
  });

  it('are read again within a minute, and stay as they were while their file is broken', () => {
    let later = 0;
    const keys = new UserMetadataKeys(settings([pair.files]), { now: () => Date.now() + later });
    const files = () =>
      keys.of({ app: 'tv', serviceProvider: 'REF30' })?.pairs.map((one) => one.certificateFile);
    const events: CertificateEvent[] = [];
    const look = createCertificateWatch(keys, (event) => events.push(event));

    settings([backup.files, pair.files]);
    assert.deepEqual(files(), [pair.files.certificateFile]);
    later = 61_000;
    const both = [backup.files.certificateFile, pair.files.certificateFile];
    assert.deepEqual(files(), both);

    folder.write('user-metadata.json', '{"half":');
    later = 122_000;
    assert.deepEqual(files(), both);
    look();
    look();
    assert.deepEqual(
      events.map(({ type }) => type),
      ['settings_problem'],
    );
    settings([backup.files]);
    later = 183_000;
    look();
    assert.deepEqual(files(), [backup.files.certificateFile]);
    assert.equal(events.length, 1);
  });

  it('are warned of 30, 7 and 1 day before they end and when they have, each once', () => {
    const events: CertificateEvent[] = [];
    const retired = { ...folder.pair('retired', { days: 1 }).files, retired: true };
    const keys = new UserMetadataKeys(settings([pair.files, backup.files, retired]));
    let days = 0;
    const look = createCertificateWatch(
      keys,
      (event) => events.push(event),
      () => Date.now() + days * DAY_MS,
    );
    const heard = [];
    for (days of [0, 14, 15.5, 20, 38.5, 44.5, 44.6, 45.5, 60]) {
      look();
      heard.push(
        ...events.splice(0).map((one) => one.type === 'certificate_ends' && one.withinDays),
      );
    }
    assert.deepEqual(heard, [30, 7, 1, 0]);
  });

  it('are warned of in the log of a worker and a gateway, which read no private key', async () => {
    const ending = folder.pair('ending', { days: 5 });
    const { certificateFile } = ending.files;
    const userMetadataFile = settings([
      { certificateFile, privateKeyFile: '/only/where/it/is/opened.key' },
      { certificateFile: '/not/there.pem' },
    ]);
    const log = new PassThrough();
    const watching = watchOverCertificates({ userMetadataFile }, createLogger('info', log));
    watching.stop();
    log.end();
    const lines = (await text(log))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string });
    assert.deepEqual(
      lines.map(({ level }) => level),
      [40, 50],
    );
    assert.match(lines[0]?.msg ?? '', /ending\.pem of service provider REF30 ends on \d{4}-/);
    assert.match(lines[1]?.msg ?? '', /\/not\/there\.pem can't be read \(ENOENT\)/);
  });
});
