import { once } from 'node:events';
import { type DeviceClient, DevicePassError } from '../../client.ts';
import {
  applicationWorkflowId,
  gatewayLimitsWorkflowId,
  waitingRoomWorkflowId,
} from '../../device-identity.ts';
import { CommandError, isForPeople } from '../fail.ts';
import { DEMO_APP, PHONE_APP } from './apps.ts';
import type { Flow } from './flows/flow.ts';
import { flowNamed } from './flows/index.ts';
import { Refused } from './http.ts';
import { setStage, type Stage } from './stage.ts';
import { Television } from './television.ts';
import { Timeline } from './timeline.ts';

export interface DemoOptions {
  /** Which story: a name in `flows/`. */
  flow: string;
  once: boolean;
  json: boolean;
  host: string;
  /** Prints with what a TV app of one's own registers. */
  statement: boolean;
  mvpd?: string;
  resource?: string;
  username: string;
  password: string;
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

/**
 * A flow on a stage of its own, told as it happens.
 *
 * @throws CommandError with one line when a step does not work
 */
export async function playDemo(options: DemoOptions): Promise<void> {
  const flow = flowNamed(options.flow);
  if (flow.needsSandbox && process.env['ADOBE_PASS_URL']) {
    throw new CommandError(
      `--flow ${options.flow} plays on the sandbox alone: unset ADOBE_PASS_URL`,
    );
  }
  try {
    await play(flow, options);
  } catch (error) {
    if (!(error instanceof Error && isForPeople(error))) throw error;
    throw new CommandError(`the demo did not work: ${error.message}`);
  }
}

async function play(flow: Flow, options: DemoOptions): Promise<void> {
  const out = options.json ? process.stderr : process.stdout;
  // Whoever tries an app of theirs ends this by Ctrl+C, and nothing has gone wrong.
  const ends = options.statement && !options.once;
  const timeline = new Timeline(
    options.json ? () => {} : (line) => out.write(`${line}\n`),
    out.isTTY && !process.env['NO_COLOR'],
  );
  const signalled = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const stopped = signalled.then(() => {
    throw new CommandError('stopped before the end');
  });
  const stopping = new AbortController();
  stopped.catch(() => stopping.abort());
  const staging = setStage({
    signal: stopping.signal,
    host: options.host,
    households: flow.knowsHouseholds ?? false,
    progress: (message) => timeline.step('stage', message),
    onReturn: () => timeline.step('viewer', 'signed in at the provider; the browser is back'),
  });
  const stage = await Promise.race([staging, stopped]).catch(async (error: unknown) => {
    // What has started meanwhile must not outlive us.
    await staging.then(
      ({ stop }) => stop(),
      () => {},
    );
    if (ends && stopping.signal.aborted) return undefined;
    throw error;
  });
  if (!stage) return;
  let device: DeviceClient | undefined;
  try {
    const story = async () => {
      if (options.statement) {
        timeline.step('stage', 'a TV app of yours registers with this software statement:');
        timeline.show(stage.gateway.softwareStatement);
      }
      const tv = await registered(stage, timeline, flow);
      device = deviceOf(stage, tv, flow);
      return flow.play({ stage, tv, device, timeline, options });
    };
    const { figures, summary } = await Promise.race([story(), stopped]);
    const ending = options.json ? JSON.stringify(figures) : `It worked: ${summary}.`;
    process.stdout.write(`${ending}\n`);
    if (ends || (stage.uiUrl && !options.once))
      await lookAround(stage, device, timeline, signalled);
  } catch (error) {
    if (ends && stopping.signal.aborted) return;
    throw stopping.signal.aborted ? error : await explained(stage, error);
  } finally {
    await leave(stage, device);
    await stage.stop();
  }
}

async function registered(
  { gateway }: Stage,
  timeline: Timeline,
  { tv: own }: Flow,
): Promise<Television> {
  const { issuer, softwareStatement } = gateway;
  const { facts = TV } = own ?? {};
  const headers = own?.headers() ?? {};
  const tv = await Television.register({ issuer, softwareStatement, facts, headers });
  timeline.step('TV', 'registers at the gateway with its software statement');
  return tv;
}

/** For operators: which workflow the TV is. */
function deviceOf(
  { gateway }: Stage,
  { installation: id }: Television,
  { tv: own }: Flow,
): DeviceClient {
  const { facts = TV } = own ?? {};
  return gateway.pass.device({ app: DEMO_APP, id, facts, ip: '127.0.0.1' });
}

/** After the story: the Temporal UI and the screen stay up until Ctrl+C. */
async function lookAround(
  { uiUrl, temporal, gateway }: Stage,
  device: DeviceClient | undefined,
  timeline: Timeline,
  signalled: Promise<unknown>,
): Promise<void> {
  if (uiUrl && device) {
    const { runId } = await temporal.workflow.getHandle(device.workflowId).describe();
    const details = `${uiUrl}/${encodeURIComponent(device.workflowId)}/${runId}/user-metadata`;
    timeline.show(`\nWhat an operator sees: ${details}`);
  }
  timeline.show(`The API of the gateway: ${gateway.issuer}/openapi.json\nCtrl+C ends the demo.`);
  await signalled;
}

/**
 * A gateway whose upstream, or whose Temporal, is away says only that it can't go on: here it is
 * worth knowing why.
 */
async function explained(
  { adobePassUrl, temporal, temporalAddress }: Stage,
  error: unknown,
): Promise<unknown> {
  if (!(await isThere(temporal))) {
    return new CommandError(`Temporal at ${temporalAddress} went away: start the demo again`);
  }
  const isUpstream = error instanceof Refused || error instanceof DevicePassError;
  if (!isUpstream || (await answers(adobePassUrl))) return error;
  return new CommandError(`Adobe Pass at ${adobePassUrl} can't be reached: check ADOBE_PASS_URL`);
}

async function isThere({ connection }: Stage['temporal']): Promise<boolean> {
  return connection.withDeadline(Date.now() + 3_000, async () =>
    connection.workflowService.getSystemInfo({}).then(
      () => true,
      () => false,
    ),
  );
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    () => true,
    () => false,
  );
}

const LEAVE_WITHIN_MS = 3_000;

/** A server that was there before the demo keeps no workflow of it. */
async function leave(
  { temporal, taskQueue, room }: Stage,
  device: DeviceClient | undefined,
): Promise<void> {
  if (!process.env['TEMPORAL_ADDRESS']) return;
  // The TV's own picker (--mvpd) asks as the TV's app, the phone as the site's.
  const sites = [PHONE_APP, DEMO_APP].map((app) => applicationWorkflowId(taskQueue, app));
  const limits = gatewayLimitsWorkflowId(taskQueue);
  const watched = waitingRoomWorkflowId(taskQueue, room);
  const workflowIds = [...sites, limits, watched, ...(device ? [device.workflowId] : [])];
  for (const id of workflowIds) {
    const handle = temporal.workflow.getHandle(id);
    // The server may be gone by now.
    await temporal
      .withDeadline(Date.now() + LEAVE_WITHIN_MS, async () => handle.terminate('the demo is over'))
      .catch(() => {});
  }
}
