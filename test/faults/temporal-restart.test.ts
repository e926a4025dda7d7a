import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startTemporal, type TemporalServer } from '../../src/cli/temporal-server.ts';
import type { DeviceView } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually } from '../support/stack.ts';
import { gaps, pollsOf, report } from './polls.ts';
import {
  inParallel,
  startSystem,
  type System,
  type WaitingDevice,
  waitingDevices,
} from './system.ts';

const DEVICES = 50;
const OUTAGE_MS = 15_000;
/** A result that could not be handed in is found again after the heartbeat time-out. */
const FOUND_WITHIN_MS = 90_000;

describe('a Temporal server that crashes while 50 devices wait', () => {
  let folder: string;
  let system: System | undefined;
  let restarted: TemporalServer | undefined;
  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(join(tmpdir(), 'devicepass-temporal-'));
  });
  after(async () => {
    await system?.stop();
    await restarted?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses none of them: restarted on its database, all learn of their logins', async function () {
    this.timeout(400_000);
    const place = { dbFilename: join(folder, 'temporal.db'), port: await freePort() };
    const temporal = await startTemporal(place);
    const { kill } = temporal;
    if (!kill) {
      await temporal.stop();
      return this.skip(); // not a server that we could crash
    }
    system = await startSystem({ workers: 2, temporal });
    const devices = await waitingDevices(system, DEVICES);

    const downAt = Date.now();
    await kill();
    const early = devices.slice(0, 10);
    const late = devices.slice(10);
    await inParallel(early, 5, async ({ url }) => signInAsViewer(url));
    await sleep(OUTAGE_MS);
    restarted = await startTemporal(place);
    const upAt = Date.now();

    await inParallel(late, 5, async (device) => {
      const { standing } = await viewOf(device);
      assert.equal(standing.status === 'pending' ? standing.code : standing.status, device.code);
    });
    const answering = Date.now();
    await inParallel(late, 5, async ({ url }) => signInAsViewer(url));
    const foundLate = await whenSignedIn(late);
    const foundEarly = await whenSignedIn(early);
    const { sandbox } = system;
    const silences = devices.map(({ code }) => Math.max(...gaps(pollsOf(sandbox, code))));
    report('restart', {
      'down ms': upAt - downAt,
      'all 40 viewed after ms': answering - upAt,
      'logins after it known after ms': foundLate - answering,
      'logins during it known after ms': foundEarly - upAt,
      'longest silence ms': Math.max(...silences),
    });
  });
});

/** Patient while connections are made anew. */
async function viewOf({ tv }: WaitingDevice): Promise<DeviceView> {
  return eventually(async () => tv.view().catch(() => undefined), 'the device answers', 60_000);
}

/** Waits until all are signed in; answers when that was. */
async function whenSignedIn(devices: readonly WaitingDevice[]): Promise<number> {
  await inParallel(devices, devices.length, async (device) =>
    eventually(
      async () => (await viewOf(device)).standing.status === 'signed-in',
      'the device learns of the login',
      FOUND_WITHIN_MS,
    ),
  );
  return Date.now();
}
