import assert from 'node:assert/strict';
import { chmod, rm } from 'node:fs/promises';
import type { ImsEvent } from '../../src/ims/index.ts';
import {
  cleanUp,
  credentialFile,
  dayMs,
  hourMs,
  minuteMs,
  refusal,
  stage,
  until,
} from './support.ts';

const types = (events: ImsEvent[]) => events.map(({ type }) => type);

describe('a credential file', () => {
  afterEach(cleanUp);

  for (const [mode, name] of [
    [0o644, 'others may read'],
    [0o660, 'the group may write'],
    [0o606, 'others may write'],
  ] as const) {
    it(`that ${name} is refused, or warned of where told so`, async () => {
      const { sandbox, ims, events } = await stage();
      const file = await credentialFile(sandbox.oauthCredentials());
      await chmod(file.path, mode);
      const error = await refusal(ims.tokens(file.source).accessToken());
      assert.equal(error.code, 'credentials_exposed');
      assert.match(error.hint, /chmod 600/);
      const tolerant = ims.tokens({ from: 'file', path: file.path, exposed: 'warn' });
      assert.ok((await tolerant.accessToken()).reveal());
      assert.deepEqual(types(events), ['credentials_warning', 'renewed']);
    });
  }

  it('with mode 600 or 640 is good; an absent one is told by path and reason', async () => {
    const { sandbox, ims } = await stage();
    const file = await credentialFile(sandbox.oauthCredentials());
    for (const mode of [0o600, 0o640, 0o400]) {
      await chmod(file.path, mode);
      assert.ok((await ims.tokens(file.source).accessToken()).reveal());
    }
    await rm(file.path);
    const error = await refusal(ims.tokens(file.source).accessToken());
    assert.equal(error.code, 'credentials_unreadable');
    assert.ok(error.message.includes(`${file.path}: credentials_unreadable: ENOENT`));
  });

  it('that cannot be used says so at each call, until it is corrected', async () => {
    const { sandbox, ims, clock } = await stage();
    const file = await credentialFile('{');
    const source = ims.tokens(file.source);
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await refusal(source.accessToken())).code, 'unknown_credentials');
    }
    await file.write(sandbox.oauthCredentials());
    clock.pass(2000);
    assert.ok((await source.accessToken()).reveal());
  });

  it('that is written anew is taken up: the old token is served until the new one is there', async () => {
    const { sandbox, ims, clock, events, calls } = await stage();
    const old = sandbox.serviceCredentials();
    const { clientId } = old.integration.technicalAccount;
    const file = await credentialFile(old);
    const source = ims.tokens(file.source);
    const first = await source.accessToken();
    await file.write(sandbox.addCertificate(clientId));
    clock.pass(3000);
    sandbox.faults.set({ kind: 'latency', ms: 20 });
    const during = await Promise.all(Array.from({ length: 20 }, async () => source.accessToken()));
    assert.deepEqual(new Set(during), new Set([first]));
    await until(() => types(events).filter((type) => type === 'renewed').length === 2, 'token');
    sandbox.revokeCertificate(clientId);
    const second = await source.accessToken();
    assert.notEqual(second, first);
    assert.equal(calls(), 2);
    assert.deepEqual(types(events), [
      'renewed',
      'credentials_changed',
      'renewed',
      'credentials_changed',
    ]);
    const last = events.at(-1);
    assert.ok(last?.type === 'credentials_changed' && last.ready);
    clock.pass(dayMs);
    assert.ok(sandbox.tokenInfo((await source.accessToken()).reveal()), 'by the new certificate');
  });

  it('that is written anew: a refused old token is replaced by the new credential, else by the old', async () => {
    const { sandbox, ims, clock, calls } = await stage();
    const old = sandbox.oauthCredentials();
    const { clientId } = old.technicalAccount;
    const withSecret = (clientSecret: string) => ({
      ...old,
      technicalAccount: { clientId, clientSecret },
    });
    const file = await credentialFile(old);
    const source = ims.tokens(file.source);
    const first = await source.accessToken();
    await file.write(withSecret('s8e-mistyped'));
    clock.pass(3000);
    const second = await source.replace(first);
    assert.notEqual(second, first);
    assert.ok(sandbox.tokenInfo(second.reveal()), 'by the old credential');
    await file.write(withSecret(sandbox.addSecret(clientId)));
    sandbox.revokeSecret(clientId, old.technicalAccount.clientSecret);
    clock.pass(3000);
    const before = calls();
    const third = await source.replace(second);
    assert.notEqual(third, second);
    assert.equal(await source.accessToken(), third);
    assert.equal(calls(), before + 1);
  });

  it('whose new credential IMS refuses leaves the old one at work, past the end of its token', async () => {
    const { sandbox, ims, clock, events } = await stage();
    const old = sandbox.oauthCredentials();
    const file = await credentialFile(old);
    const source = ims.tokens(file.source);
    const first = await source.accessToken();
    const { clientId } = old.technicalAccount;
    await file.write({ ...old, technicalAccount: { clientId, clientSecret: 's8e-mistyped' } });
    clock.pass(3000);
    assert.equal(await source.accessToken(), first);
    await until(() => types(events).includes('renewal_failed'), 'refusal');
    clock.pass(25 * hourMs);
    assert.ok(sandbox.tokenInfo((await source.accessToken()).reveal()));
    assert.equal((await source.status()).problem?.code, 'invalid_client');
    await file.write({
      ...old,
      technicalAccount: { clientId, clientSecret: sandbox.addSecret(clientId) },
    });
    sandbox.revokeSecret(clientId, old.technicalAccount.clientSecret);
    clock.pass(25 * hourMs);
    assert.ok(sandbox.tokenInfo((await source.accessToken()).reveal()));
    assert.equal((await source.status()).problem, undefined);
  });

  it('that is damaged or lost later is warned of once, and what it held stays in use', async () => {
    const { sandbox, ims, clock, events } = await stage();
    const file = await credentialFile(sandbox.oauthCredentials());
    const source = ims.tokens(file.source);
    const first = await source.accessToken();
    await file.write('{"half": ');
    for (let i = 0; i < 3; i += 1) {
      clock.pass(3000);
      assert.equal(await source.accessToken(), first);
    }
    await rm(file.path);
    for (let i = 0; i < 3; i += 1) {
      clock.pass(3000);
      assert.equal(await source.accessToken(), first);
    }
    const warnings = events.filter(({ type }) => type === 'credentials_warning');
    assert.deepEqual(
      warnings.map((event) => event.type === 'credentials_warning' && event.error.code),
      ['unknown_credentials', 'credentials_unreadable'],
    );
    clock.pass(25 * hourMs);
    assert.ok((await source.accessToken()).expiresAt > clock.now());
  });

  it('of another account is switched to at once: the old one would show other content', async () => {
    const { sandbox, ims, clock } = await stage();
    const file = await credentialFile(sandbox.oauthCredentials());
    const source = ims.tokens(file.source);
    await source.accessToken();
    const other = sandbox.oauthCredentials();
    await file.write(other);
    clock.pass(3000);
    const token = await source.accessToken();
    assert.equal(sandbox.tokenInfo(token.reveal())?.email, other.email);
    await file.write({ ...sandbox.oauthCredentials(), scopes: ['unbound'] });
    clock.pass(3000);
    assert.equal((await refusal(source.accessToken())).code, 'invalid_scope');
  });

  it('with a local development token is read again when somebody generates a new one', async () => {
    const { sandbox, ims, clock } = await stage();
    const file = await credentialFile(sandbox.localDevelopmentToken({ lifeMs: 10 * minuteMs }));
    const source = ims.tokens(file.source);
    await source.accessToken();
    clock.pass(11 * minuteMs);
    const expired = await refusal(source.accessToken());
    assert.equal(expired.code, 'local_token_expired');
    assert.equal(expired.hop, `credentials ${file.path}`);
    const next = sandbox.localDevelopmentToken();
    await file.write(next);
    clock.pass(3000);
    const token = await source.accessToken();
    assert.equal(token.reveal(), next.accessToken);
    const rejected = await refusal(source.replace(token));
    assert.equal(rejected.code, 'local_token_rejected');
    assert.equal(rejected.hop, `credentials ${file.path}`);
  });

  it('is looked at, not read, while it stays the same, and that at most every two seconds', async () => {
    const { sandbox, ims, clock } = await stage();
    const file = await credentialFile(sandbox.oauthCredentials());
    const source = ims.tokens(file.source);
    const first = await source.accessToken();
    await file.write(sandbox.oauthCredentials());
    clock.pass(1000);
    assert.equal(await source.accessToken(), first);
    clock.pass(1000);
    assert.notEqual(await source.accessToken(), first);
  });
});
