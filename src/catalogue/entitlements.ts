import { Mutex } from 'async-mutex';
import { LRUCache } from 'lru-cache';
import type { Title } from '../aem/index.ts';
import {
  accessOf,
  type ChannelDecision,
  channelsOf,
  type TitleAccess,
  verdictOf,
} from './access.ts';

/** A viewer on a device, as far as access is concerned. */
export interface Viewer {
  /** One value for one device. */
  id: string;
  /** Undefined where nobody is signed in. Must cost little: it is asked for each page. */
  profile(): Promise<{ mvpd: string; notAfter: number; generation: number } | undefined>;
  /** Decisions on channels, in calls of the size that was agreed. Rejects when there are none. */
  preauthorize(channels: string[]): Promise<ChannelDecision[]>;
}

/** Why some titles are `unknown`. */
export interface AccessProblem {
  code: string;
  action: string;
}

/** What a viewer may watch of a page. */
export interface ViewerAccess {
  signedIn: boolean;
  /** In the order of the titles. */
  access: TitleAccess[];
  problem?: AccessProblem;
}

/** Joins titles with what their viewer may watch. */
export interface Entitlements {
  /** Never rejects for Adobe's sake: what isn't known is `unknown`. */
  accessTo(titles: readonly Title[], viewer: Viewer): Promise<ViewerAccess>;
}

export interface EntitlementsOptions {
  /** How long a permit is used again, ms; never longer than the profile. Default 900 000. */
  permitMs?: number;
  /** The same of a denial: long enough to leaf through pages. Default 30 000. */
  denialMs?: number;
  now?: () => number;
}

interface Verdict {
  verdict: 'permitted' | 'denied';
  until: number;
  /** By a rule, which may be lifted at any moment: for the page that it was asked for. */
  once?: true;
}

interface Known {
  /** Which sign-in it belongs to. */
  generation: number;
  mvpd: string;
  channels: Map<string, Verdict>;
  lock: Mutex;
}

/** About 10 MB. A device that falls out is asked for again. */
const MAX_DEVICES = 20_000;

/** Makes the memory of permits; one within a process. */
export function createEntitlements(options: EntitlementsOptions = {}): Entitlements {
  const { permitMs = 900_000, denialMs = 30_000, now = Date.now } = options;
  const devices = new LRUCache<string, Known>({ max: MAX_DEVICES });

  function known(id: string): Known {
    const found = devices.get(id);
    if (found) return found;
    const fresh = { generation: -1, mvpd: '', channels: new Map(), lock: new Mutex() };
    devices.set(id, fresh);
    return fresh;
  }

  /** One page of a device after the other: the second finds what the first has asked for. */
  async function accessTo(titles: readonly Title[], viewer: Viewer): Promise<ViewerAccess> {
    const device = known(viewer.id);
    return device.lock.runExclusive(async () => {
      const profile = await viewer.profile().catch(problemOf);
      if (!profile || 'code' in profile) {
        device.channels.clear();
        return {
          signedIn: false,
          access: titles.map((title) => accessOf(title, new Map())),
          ...(profile ? { problem: profile } : {}),
        };
      }
      const problem = await learn(device, channelsOf(titles), viewer, profile);
      const verdicts = present(device, now());
      forgetRules(device);
      return {
        signedIn: problem?.action !== 'authentication',
        access: titles.map((title) => accessOf(title, verdicts)),
        ...(problem ? { problem } : {}),
      };
    });
  }

  /** Asks for the channels that nothing is known of. */
  async function learn(
    device: Known,
    channels: readonly string[],
    viewer: Viewer,
    { generation, mvpd, notAfter }: { generation: number; mvpd: string; notAfter: number },
  ): Promise<AccessProblem | undefined> {
    if (device.generation !== generation || device.mvpd !== mvpd) device.channels.clear();
    Object.assign(device, { generation, mvpd });
    const verdicts = present(device, now());
    const missing = channels.filter((channel) => !verdicts.has(channel));
    if (missing.length === 0) return undefined;
    const decisions = await viewer.preauthorize(missing).catch(problemOf);
    if ('code' in decisions) {
      if (decisions.action === 'authentication') device.channels.clear();
      return decisions;
    }
    for (const decision of decisions) {
      const verdict = verdictOf(decision);
      const lifeMs = verdict === 'permitted' ? permitMs : denialMs;
      const until = Math.min(now() + lifeMs, notAfter);
      const once = decision.source === 'degradation' ? { once: true as const } : {};
      if (verdict) device.channels.set(decision.resource, { verdict, until, ...once });
    }
    return reasonIn(decisions);
  }

  return { accessTo };
}

/** What still holds; the rest is forgotten. */
function present({ channels }: Known, now: number): Map<string, 'permitted' | 'denied'> {
  for (const [channel, { until }] of channels) if (until <= now) channels.delete(channel);
  return new Map([...channels].map(([channel, { verdict }]) => [channel, verdict]));
}

function forgetRules({ channels }: Known): void {
  for (const [channel, { once }] of channels) if (once) channels.delete(channel);
}

/** Why channels are unknown: above all, that the viewer has to sign in again. */
function reasonIn(decisions: readonly ChannelDecision[]): AccessProblem | undefined {
  const open = decisions.flatMap((decision) => (verdictOf(decision) ? [] : (decision.error ?? [])));
  const reason = open.find(({ action }) => action === 'authentication') ?? open[0];
  return reason && { code: reason.code, action: reason.action };
}

/** The typed error of a client, as far as a page needs it. Anything else is a bug. */
function problemOf(error: unknown): AccessProblem {
  if (error instanceof Error && 'code' in error && 'action' in error) {
    return { code: String(error.code), action: String(error.action) };
  }
  throw error;
}
