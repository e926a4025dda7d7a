import assert from 'node:assert/strict';
import { cleanUp, dayMs, hourMs, minuteMs, refusal, stage, until } from './support.ts';
import type { Stage } from './support.ts';

const renewals = ({ events }: Stage) => events.filter(({ type }) => type === 'renewed').length;

describe('a long run on a fake clock', () => {
  afterEach(cleanUp);

  for (const shape of ['serviceCredentials', 'oauthCredentials'] as const) {
    it(`complaint: token not renewed after 24 h: 26 h with ${shape}, none expired`, async () => {
      const made = await stage({ ims: { random: () => 0 } });
      const { sandbox, tokens, clock, calls } = made;
      const source = tokens(sandbox[shape]());
      const end = clock.now() + 26 * hourMs;
      const due = clock.now() + 0.95 * dayMs;
      let served = 0;
      while (clock.now() < end) {
        const token = await source.accessToken();
        assert.ok(token.expiresAt > clock.now(), 'not by its own word');
        assert.ok(sandbox.tokenInfo(token.reveal()), 'nor by that of IMS');
        served += 1;
        // The renewal goes on beside; hours must not pass while it is on its way.
        if (clock.now() >= due) await until(() => renewals(made) === 2, 'renewal');
        clock.pass(minuteMs);
      }
      assert.equal(served, 26 * 60);
      assert.equal(calls(), 2);
    });
  }

  it('a caller who comes back after days gets a new token', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    await source.accessToken();
    clock.pass(3 * dayMs);
    assert.ok(sandbox.tokenInfo((await source.accessToken()).reveal()));
    assert.equal(calls(), 2);
  });

  for (const fault of [{ kind: 'status', status: 503 }, { kind: 'reset' }] as const) {
    it(`IMS down for an hour (${fault.kind}) while the token is valid: nobody notices`, async () => {
      const made = await stage({ ims: { random: () => 0 } });
      const { sandbox, tokens, clock, events, calls } = made;
      const source = tokens(sandbox.serviceCredentials());
      const first = await source.accessToken();
      // Down from the very moment at which renewal falls due.
      clock.at = first.expiresAt - 0.05 * (first.expiresAt - clock.now());
      const back = clock.now() + hourMs;
      sandbox.faults.set({ ...fault, times: 10_000 });
      while (clock.now() < back) {
        assert.equal(await source.accessToken(), first);
        await new Promise((resolve) => setTimeout(resolve, 4));
        clock.pass(20_000);
      }
      assert.ok(clock.now() < first.expiresAt);
      const tried = calls();
      assert.ok(tried > 3 && tried < 3 * 125, `IMS is not hammered: ${tried} requests`);
      sandbox.faults.clear();
      clock.pass(minuteMs);
      assert.equal(await source.accessToken(), first);
      await until(() => renewals(made) === 2, 'renewal after the outage');
      assert.notEqual(await source.accessToken(), first);
      assert.ok(events.some((event) => event.type === 'renewal_failed' && event.validForMs > 0));
    });
  }

  it('IMS that hangs for an hour while the token is valid: nobody waits for it', async () => {
    const made = await stage({ ims: { random: () => 0, timeoutMs: 1000 } });
    const { sandbox, tokens, clock, calls } = made;
    const source = tokens(sandbox.serviceCredentials());
    const first = await source.accessToken();
    clock.at = first.expiresAt - 0.05 * (first.expiresAt - clock.now());
    const back = clock.now() + hourMs;
    sandbox.faults.set({ kind: 'hang' });
    await source.accessToken();
    await until(() => calls() === 2, 'the renewal hangs');
    while (clock.now() < back) {
      assert.equal(await source.accessToken(), first);
      clock.pass(minuteMs);
    }
    await until(() => renewals(made) === 2, 'the next try');
    assert.notEqual(await source.accessToken(), first);
  });

  it('IMS down beyond the end of the token: callers hear why, and are served when it is back', async () => {
    const { sandbox, tokens, clock } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const first = await source.accessToken();
    sandbox.faults.set({ kind: 'status', status: 503, times: 10_000 });
    clock.at = first.expiresAt - 30_000;
    assert.equal(await source.accessToken(), first, 'to the last second');
    clock.at = first.expiresAt;
    const error = await refusal(source.accessToken());
    assert.deepEqual([error.code, error.retryable], ['server_error', true]);
    sandbox.faults.clear();
    clock.pass(minuteMs);
    assert.ok((await source.accessToken()).expiresAt > clock.now());
  });

  it('warns 30, 7 and 1 day before the certificate ends, and at its end, each once', async () => {
    const { sandbox, tokens, clock, events } = await stage();
    const certificateEndsAt = clock.now() + 60 * dayMs;
    const source = tokens(sandbox.serviceCredentials({ certificateEndsAt }));
    const warnings: number[][] = [];
    for (let day = 0; day <= 61; day += 0.5) {
      await source.accessToken().catch(() => {});
      for (const event of events.splice(0)) {
        if (event.type === 'certificate_ends') warnings.push([60 - day, event.withinDays]);
      }
      clock.pass(dayMs / 2);
    }
    assert.deepEqual(
      warnings.map(([, within]) => within),
      [30, 7, 1, 0],
    );
    for (const [left = 0, within = 0] of warnings) assert.ok(left <= within && left > within - 1);
    const status = await source.status();
    assert.equal(status.certificateDaysLeft, -2);
    assert.equal(status.certificateNotAfter, Math.floor(certificateEndsAt / 1000) * 1000);
  });

  it('warns once of a certificate that is near its end when first seen', async () => {
    const { sandbox, tokens, clock, events } = await stage();
    const certificateEndsAt = clock.now() + 5 * dayMs;
    const source = tokens(sandbox.serviceCredentials({ certificateEndsAt }));
    await source.accessToken();
    await source.accessToken();
    const warned = events.filter(({ type }) => type === 'certificate_ends');
    assert.equal(warned.length, 1);
    assert.ok(warned[0]?.type === 'certificate_ends' && warned[0].withinDays === 7);
  });
});
