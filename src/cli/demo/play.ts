import { once } from 'node:events';
import qrcode from 'qrcode';
import { type DeviceClient, DevicePassError, type Standing, type Waiting } from '../../client.ts';
import { signInAsViewer } from '../../sandbox/index.ts';
import { CommandError } from '../fail.ts';
import { DEMO_APP, PHONE_APP } from './apps.ts';
import { setStage, type Stage } from './stage.ts';
import { Timeline } from './timeline.ts';

export interface DemoOptions {
  once: boolean;
  json: boolean;
  host: string;
  mvpd?: string;
  resource?: string;
  username: string;
  password: string;
}

/** What `--json` prints. Times in ms. */
interface Figures {
  /** The phases that the device went through, in order. */
  phases: string[];
  codeIssuedMs: number;
  /** From the browser's return to the TV knowing. */
  signInToKnownMs: number;
  authorizeMs: number;
  historyEvents: number;
}

const TV = {
  model: 'Demo TV',
  version: '1',
  manufacturer: 'devicepass',
  primaryHardwareType: 'TV',
  osName: 'Linux',
  osVersion: '6.1',
  connectionType: 'WiFi',
} as const;
/** A documentation address (RFC 5737): the demo's TV is nobody's. */
const TV_ADDRESS = '203.0.113.20';

/**
 * The whole lifecycle, told as it happens.
 *
 * @throws CommandError with one line when a step does not work
 */
export async function playDemo(options: DemoOptions): Promise<void> {
  const out = options.json ? process.stderr : process.stdout;
  const timeline = new Timeline(
    options.json ? () => {} : (line) => out.write(`${line}\n`),
    out.isTTY && !process.env['NO_COLOR'],
  );
  const stage = await setStage(options.host, (message) => timeline.step('stage', message));
  const device = {
    app: DEMO_APP,
    id: `demo-${Date.now()}`,
    facts: TV,
    ip: TV_ADDRESS,
    port: 49_152,
  };
  const tv = stage.pass.device(device);
  try {
    const figures = await Promise.race([lifecycle(stage, tv, timeline, options), interrupted()]);
    if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else
      timeline.step(
        'demo',
        'worked, from a cold start to a logout',
        `(${figures.historyEvents} history events)`,
      );
    if (!options.once) await lookAround(stage, tv, timeline);
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'network_error') {
      throw new CommandError(
        `Adobe Pass at ${stage.adobePassUrl} can't be reached: check ADOBE_PASS_URL`,
      );
    }
    throw error;
  } finally {
    await leave(stage, tv);
    await stage.stop();
  }
}

async function lifecycle(
  stage: Stage,
  tv: DeviceClient,
  timeline: Timeline,
  options: DemoOptions,
): Promise<Figures> {
  const phases = ['signed-out'];
  const { app } = stage;
  if (stage.uiUrl)
    timeline.step(
      'stage',
      `operators look here: ${stage.uiUrl}/${encodeURIComponent(tv.workflowId)}`,
    );

  const asked = performance.now();
  const first = await tv.authenticate(options.mvpd ? { mvpd: { id: options.mvpd } } : {});
  const codeIssuedMs = Math.round(performance.now() - asked);
  timeline.step(
    'TV',
    'asks for a code',
    `(${codeIssuedMs} ms: registered, token, profiles, session)`,
  );

  const known = await untilSignedIn(stage, tv, timeline, options, first, phases);
  const signInToKnownMs = Math.max(
    0,
    Math.round(known.at - (stage.pages.returnedAt() ?? known.at)),
  );
  timeline.step(
    'TV',
    `signed in with ${known.mvpd}`,
    `(${signInToKnownMs} ms after the browser came back)`,
  );

  const resource = options.resource ?? app.serviceProvider;
  const plays = performance.now();
  const play = await tv.authorize(resource);
  const authorizeMs = Math.round(performance.now() - plays);
  if (play.status === 'denied') {
    throw new CommandError(`${resource} may not be played: ${play.code} (${play.message})`);
  }
  timeline.step(
    'TV',
    `may play ${resource}`,
    `(${authorizeMs} ms, media token of ${play.mediaToken.value.length} characters, for one use)`,
  );

  const { actions } = await tv.logout();
  phases.push((await tv.view()).standing.status);
  const todo = actions.map(({ actionName }) => actionName).join(', ') || 'nothing';
  timeline.step('TV', 'signed out', `(left to do on the device: ${todo})`);

  const history = await stage.temporal.workflow.getHandle(tv.workflowId).fetchHistory();
  const historyEvents = history.events?.length ?? 0;
  return { phases, codeIssuedMs, signInToKnownMs, authorizeMs, historyEvents };
}

/** Shows each code that comes until a viewer has signed in. */
async function untilSignedIn(
  stage: Stage,
  tv: DeviceClient,
  timeline: Timeline,
  options: DemoOptions,
  first: Standing,
  phases: string[],
): Promise<{ at: number; mvpd: string }> {
  if (first.status === 'signed-in') return { at: Date.now(), mvpd: first.profile.mvpd.id };
  const viewing = new AbortController();
  let viewer: Promise<void> | undefined;
  let failed: Error | undefined;
  const failure = (error: unknown) => {
    failed = error instanceof Error ? error : new Error(String(error));
    viewing.abort();
  };
  try {
    for await (const standing of tv.watch({ until: 'signed-in', signal: viewing.signal })) {
      if (standing.status === 'signed-in') {
        phases.push(standing.status);
        return { at: Date.now(), mvpd: standing.profile.mvpd.id };
      }
      if (standing.status === 'signed-out')
        throw new CommandError(`signed out: ${standing.reason}`);
      phases.push('awaiting-login');
      await showCode(stage, standing, timeline);
      if (options.once) viewer ??= playViewer(stage, standing, timeline, options).catch(failure);
      else
        timeline.step('TV', 'waits for you', `(until ${standing.expiresAt.toLocaleTimeString()})`);
    }
  } finally {
    viewing.abort();
    await viewer;
  }
  throw failed ?? new CommandError('the login was not seen by the TV');
}

async function showCode(
  { pages }: Stage,
  { code, url }: Waiting,
  timeline: Timeline,
): Promise<void> {
  const address = url ?? pages.chooseUrl(code);
  timeline.step('TV', 'shows the code, and where to type it');
  timeline.screen(code);
  timeline.show(
    await qrcode.toString(address, { type: 'utf8', margin: 2, errorCorrectionLevel: 'L' }),
  );
  timeline.show(address);
}

/** The viewer with the phone: checks the code, chooses a provider, signs in with a browser. */
async function playViewer(
  stage: Stage,
  { code }: Waiting,
  timeline: Timeline,
  { username, password }: DemoOptions,
): Promise<void> {
  const phone = stage.pass.secondScreen(code, { app: PHONE_APP, ip: '203.0.113.21' });
  const checked = await phone.check();
  if (checked.status !== 'known') throw new CommandError(checked.message);
  timeline.step(
    'viewer',
    'types the code on a phone',
    checked.device?.model ? `(it says: ${checked.device.model})` : '',
  );
  let { url } = checked;
  if (url === undefined) {
    const [provider] = await phone.providers();
    if (!provider) throw new CommandError('Adobe Pass lists no provider to choose from');
    const standing = await phone.choose(provider);
    url = standing.status === 'pending' ? standing.url : undefined;
    timeline.step('viewer', `chooses ${provider.displayName}`);
  }
  // Without a page the choice alone signed the viewer in: TempPass, or a provider that is degraded.
  if (url === undefined) return;
  const { finalUrl } = await signInAsViewer(url, { username, password });
  if (stage.pages.returnedAt() === undefined) {
    throw new CommandError(
      `the login did not come back to the return page: the browser stands at ${finalUrl.split('?')[0]}`,
    );
  }
  timeline.step('viewer', 'signed in at the provider; the browser is back');
}

/** Ctrl+C in the middle of the story still tidies up. */
async function interrupted(): Promise<never> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  throw new CommandError('stopped before the end');
}

/** After the story: the Temporal UI stays up until Ctrl+C. */
async function lookAround(
  { uiUrl, temporal }: Stage,
  tv: DeviceClient,
  timeline: Timeline,
): Promise<void> {
  if (!uiUrl) return;
  const { runId } = await temporal.workflow.getHandle(tv.workflowId).describe();
  const details = `${uiUrl}/${encodeURIComponent(tv.workflowId)}/${runId}/user-metadata`;
  timeline.show(`\nWhat an operator sees: ${details}\nCtrl+C ends the demo.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

/** A server that was there before the demo keeps no workflow of it. */
async function leave({ temporal }: Stage, tv: DeviceClient): Promise<void> {
  if (!process.env['TEMPORAL_ADDRESS']) return;
  for (const id of [tv.workflowId, `application:${PHONE_APP}`]) {
    await temporal.workflow
      .getHandle(id)
      .terminate('the demo is over')
      .catch(() => {});
  }
}
