import { followRollout } from '../aem-keys/follow.ts';
import { startRollout } from '../aem-keys/start.ts';
import { inOneLine } from '../aem-keys/temporal.ts';
import { Timeline } from '../demo/timeline.ts';
import { CommandError } from '../fail.ts';
import { rolloutId, type RolloutRequest } from '../../workflows/key-rollout/messages.ts';
import { type FarmStage, setFarmStage, VIEWERS } from './stage.ts';
import { isSignedIn, signIn } from './viewers.ts';

/**
 * Keys rolled out over three instances, told as it happens, and what they are good for.
 *
 * @throws CommandError with one line when a step does not work
 */
export async function playFarm(): Promise<void> {
  const timeline = new Timeline(
    (line) => process.stdout.write(`${line}\n`),
    process.stdout.isTTY && !process.env['NO_COLOR'],
  );
  const stopping = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = () => {
      // Nobody waits for a second Ctrl+C; what is left to kill is killed on the way out.
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort();
      reject(new CommandError('stopped before the end'));
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
  const staging = setFarmStage({
    signal: stopping.signal,
    progress: (message) => timeline.step('stage', message),
  });
  const farm = `demo-${Date.now()}`;
  try {
    const stage = await Promise.race([staging, stopped]);
    const told = story(stage, farm, timeline).catch((error: unknown) => {
      throw inOneLine(error, stage.address, 'start the demo again');
    });
    await Promise.race([told, stopped]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`the farm demo did not work: ${error.message}`);
  } finally {
    await tidyUp(staging, farm);
  }
  process.stdout.write(
    'It worked: keys rolled out, logins count in all six directions, and the viewers of the stopped instance stayed signed in.\n',
  );
}

async function story(
  { farm, temporal, taskQueue, keys, uiUrl }: FarmStage,
  name: string,
  timeline: Timeline,
) {
  const [first, ...others] = farm.instances;
  const [viewer] = VIEWERS;
  if (!first) throw new CommandError('there is no instance');

  const before = await signIn(first, viewer);
  for (const other of others) {
    if (await isSignedIn(other, before)) throw new CommandError('keys were shared all along');
  }
  timeline.step('viewer', `signs in on ${first.id}; the others do not know the login`);

  if (uiUrl)
    timeline.step('stage', `operators look here: ${uiUrl}/${encodeURIComponent(rolloutId(name))}`);
  const { handle } = await startRollout(
    temporal,
    taskQueue,
    requestFor(farm.instances, name),
    keys,
  );
  const end = await followRollout(handle, ({ host, text }) =>
    timeline.step(host ?? 'rollout', text),
  );
  if (!('report' in end)) throw new CommandError(end.message);
  for (const { from, to, honoured } of end.report.proof) {
    timeline.step(
      'proof',
      `login on ${from}, shown to ${to}: ${honoured ? 'signed in' : 'refused'}`,
    );
    if (!honoured) throw new CommandError(`${to} refuses logins of ${from}`);
  }
  if (end.report.proof.length !== 6) throw new CommandError('not all directions were tried');

  const signedIn = await Promise.all(VIEWERS.map(async (id) => signIn(first, id)));
  timeline.step('viewers', `${VIEWERS.join(', ')} sign in on ${first.id}`);
  await first.stop();
  timeline.step('farm', `${first.id} is stopped`);
  for (const other of others) {
    for (const who of signedIn) {
      if (await isSignedIn(other, who)) continue;
      throw new CommandError(`${who.viewer} is signed out on ${other.id}`);
    }
    timeline.step('viewers', `all ${signedIn.length} are still signed in on ${other.id}`);
  }
}

function requestFor(hosts: readonly { id: string; url: string }[], farm: string): RolloutRequest {
  return {
    farm,
    source: hosts[0]?.id ?? '',
    hosts: hosts.map(({ id, url }) => ({ id, url })),
    dryRun: false,
    force: false,
    approveEach: false,
    watchedPaths: [],
    limits: {
      heartbeatTimeoutMs: 10_000,
      settleWithinMs: 30_000,
      pollMs: 100,
      agentWithinMs: 30_000,
      rollBackWithinMs: 30_000,
    },
  };
}

/** Whatever has started meanwhile must not outlive us. */
async function tidyUp(staging: Promise<FarmStage>, farm: string): Promise<void> {
  const stage = await staging.catch(() => undefined);
  if (!stage) return;
  // A server of others keeps no roll-out of ours; one of our own may be gone already.
  await stage.temporal
    .withDeadline(Date.now() + 2_000, async () =>
      stage.temporal.workflow.getHandle(rolloutId(farm)).terminate('the demo is over'),
    )
    .catch(() => {});
  await stage.stop();
}
