import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { mock } from 'node:test';
import * as fc from 'fast-check';
import { decisionCalls } from '../../src/activities/decisions.ts';
import { type Dependencies, WaitingRoom } from '../../src/activities/index.ts';
import type { AuthorizedAsker } from '../../src/activities/upstream.ts';
import {
  type AdobePass,
  AdobePassError,
  type Decision,
  type DecisionsInput,
} from '../../src/adobe-pass/index.ts';
import { channelsOf, createEntitlements, type Viewer } from '../../src/catalogue/index.ts';
import { toDevicePassError } from '../../src/client/errors.ts';
import { readConfig } from '../../src/config.ts';
import { KeyRing, ofDevice, seal } from '../../src/sealing/index.ts';
import type { DecisionAnswer } from '../../src/workflows/messages.ts';
import type { Upstream } from '../../src/workflows/upstream-call.ts';
import { environment } from '../activities/support.ts';
import { FACTS } from '../support/stack.ts';
import { title } from './support.ts';

const DEVICE = { app: 'demo', deviceId: 'd3v1ce' };

/** What Adobe makes of a channel. */
type Word = 'permit' | 'deny' | 'parental' | 'retry' | 'sign-in' | 'broken' | 'silence';

const denials: readonly Word[] = ['deny', 'parental'];

const errors: Partial<Record<Word, { code: string; action: string }>> = {
  deny: { code: 'preauthorization_denied_by_mvpd', action: 'none' },
  parental: { code: 'authorization_denied_by_parental_controls', action: 'none' },
  retry: { code: 'network_received_error', action: 'retry' },
  'sign-in': { code: 'authenticated_profile_expired', action: 'authentication' },
  broken: { code: 'internal_server_error', action: 'none' },
};

function decision(resource: string, word: Word): Decision[] {
  if (word === 'silence') return [];
  const error = errors[word];
  if (!error) return [{ resource, authorized: true, source: 'mvpd' }];
  return [
    { resource, authorized: false, source: 'mvpd', error: { ...error, status: 403, message: '' } },
  ];
}

const MVPD = 'NorthCable';
const CHANNELS = 31;
/** As many times as the documents allow (EEC-04). */
const TRIES = 3;
const BUDGET_MS = 7_000;
const ENOUGH_MS = 3_600_000;

const channel = fc.integer({ min: 0, max: CHANNELS - 1 }).map((number) => `channel-${number}`);
const titles = fc.array(
  fc.record({ channelResourceId: channel, requiresAuth: fc.boolean() }).map(title),
  { maxLength: 100 },
);
const word = fc.constantFrom<Word>(
  'permit',
  'deny',
  'parental',
  'retry',
  'sign-in',
  'broken',
  'silence',
);
/** What Adobe says of each channel, the first time and when it is asked again. */
const words = fc.array(fc.array(word, { minLength: 1, maxLength: TRIES }), {
  minLength: CHANNELS,
  maxLength: CHANNELS,
});
const limit = fc.integer({ min: 1, max: 12 });
/** Adobe fails at some calls in a row, and takes its time for all. */
const troubles = fc.record({
  from: fc.integer({ min: 1, max: 6 }),
  times: fc.integer({ min: 0, max: 4 }),
  retryable: fc.boolean(),
  ms: fc.integer({ min: 0, max: 3_000 }),
});

/** In the activity pauses take no time, and the clock says that they did; elsewhere time is real. */
const inActivity = new AsyncLocalStorage<true>();
const realTimeout = setTimeout;
const realNow = Date.now;

interface Conditions {
  /** Of the settings, and Adobe's own. */
  limits: { set: number; adobe: number };
  said: readonly (readonly Word[])[];
  trouble?: { from: number; times: number; retryable: boolean; ms: number };
}

describe('for any catalogue and any limits', () => {
  const keys = KeyRing.generate();
  let asker: Omit<AuthorizedAsker, 'deadline'>;
  let now = 0;

  before(async () => {
    asker = {
      ...DEVICE,
      facts: FACTS,
      network: await seal(keys, { ip: '198.51.100.1' }, ofDevice('network', DEVICE)),
      accessToken: await seal(
        keys,
        { value: 'token', expiresAt: Infinity },
        ofDevice('access-token', DEVICE),
      ),
    };
  });
  beforeEach(() => {
    mock.method(Date, 'now', () => (inActivity.getStore() ? now : realNow()));
    mock.method(globalThis, 'setTimeout', (then: () => void, ms = 0) => {
      if (!inActivity.getStore()) return realTimeout(then, ms);
      now += ms;
      return setImmediate(then);
    });
  });
  afterEach(() => mock.restoreAll());

  /** The activity of the workers with an Adobe that says what it is told, and what it was sent. */
  function world({ limits, said, trouble }: Conditions) {
    const calls: string[][] = [];
    /** What Adobe said last of a channel, and how often it was asked. */
    const heard = new Map<string, { word?: Word; times: number }>();

    async function preauthorize({ resources }: DecisionsInput): Promise<Decision[]> {
      calls.push(resources);
      now += trouble?.ms ?? 0;
      if (resources.length > limits.adobe) throw failure('too_many_resources', false);
      for (const resource of resources) {
        const { word: before, times = 0 } = heard.get(resource) ?? {};
        heard.set(resource, { ...(before && { word: before }), times: times + 1 });
      }
      const after = trouble ? calls.length - trouble.from : -1;
      if (trouble && after >= 0 && after < trouble.times) {
        throw failure('server_error', trouble.retryable);
      }
      // In an order of Adobe's own.
      return resources.toReversed().flatMap((resource) => {
        const { times = 0 } = heard.get(resource) ?? {};
        const spoken = wordsOn(resource, said);
        const word = spoken[Math.min(times, spoken.length) - 1] ?? 'silence';
        heard.set(resource, { word, times });
        return decision(resource, word);
      });
    }

    const access = {
      adobePass: { preauthorize } as unknown as AdobePass,
      keys,
      app: () => ({
        softwareStatement: '',
        serviceProvider: 'REF30',
        domainName: 'example.com',
        redirectUrl: 'https://example.com/',
      }),
      config: {
        ...readConfig({ ADOBE_PASS_URL: 'https://pass.example' }),
        preauthorizeLimits: { [MVPD]: limits.set },
      },
    };
    const room = new WaitingRoom({ ...access, call: async () => {}, log: () => {} });
    const dependencies: Dependencies = { ...access, room };
    const activities = decisionCalls(dependencies);
    const viewer: Viewer = {
      id: 'device',
      profile: async () => ({ mvpd: MVPD, generation: 1, notAfter: Infinity }),
      async preauthorize(channels) {
        const whose = { ...asker, deadline: now + (trouble ? BUDGET_MS : ENOUGH_MS) };
        const ask = () => activities.preauthorize(whose, MVPD, channels);
        const asked: Promise<Upstream<DecisionAnswer[]>> = inActivity.run(true, () =>
          environment().run(ask),
        );
        try {
          return (await asked).value;
        } catch (error) {
          throw toDevicePassError(error);
        }
      },
    };
    return { viewer, calls, heard };
  }

  it('Adobe is called at most once for as many distinct channels as a call may hold', async () => {
    await fc.assert(
      fc.asyncProperty(titles, words, limit, async (page, said, most) => {
        const { viewer, calls, heard } = world({ limits: { set: most, adobe: most }, said });
        await createEntitlements().accessTo(page, viewer);
        const distinct = channelsOf(page);
        const asked = new Set<string>();
        const first = calls.filter((resources) => {
          const isNew = resources.some((resource) => !asked.has(resource));
          for (const resource of resources) asked.add(resource);
          return isNew;
        });
        assert.ok(first.length <= Math.ceil(distinct.length / most), `${first.length} calls`);
        assert.ok(calls.every((resources) => resources.length <= most));
        for (const [resource, { times }] of heard) {
          const retries = wordsOn(resource, said).findIndex((each) => each !== 'retry');
          const needed = retries < 0 ? TRIES : retries + 1;
          assert.equal(times, needed, `${resource} was asked for ${times} times`);
        }
      }),
    );
  });

  it('no title is locked without a denial, also when Adobe fails midway or is slow', async () => {
    const limits = fc.record({ set: limit, adobe: limit });
    await fc.assert(
      fc.asyncProperty(titles, words, limits, troubles, async (page, said, most, trouble) => {
        const { viewer, heard } = world({ limits: most, said, trouble });
        const { access } = await createEntitlements().accessTo(page, viewer);
        assert.equal(access.length, page.length);
        page.forEach(({ channelResourceId = '', requiresAuth }, at) => {
          const last = heard.get(channelResourceId)?.word;
          if (access[at] === 'open') assert.equal(requiresAuth, false);
          else assert.equal(requiresAuth, true);
          if (access[at] === 'locked') assert.ok(last && denials.includes(last));
          if (access[at] === 'likely') assert.equal(last, 'permit');
        });
        assert.ok([...heard.values()].every(({ times }) => times <= TRIES));
      }),
    );
  });

  it('pages in any order ask for no permitted channel twice', async () => {
    const said = Array.from({ length: CHANNELS }, (): Word[] => ['permit']);
    await fc.assert(
      fc.asyncProperty(fc.array(titles, { maxLength: 6 }), limit, async (pages, most) => {
        const { viewer, calls } = world({ limits: { set: most, adobe: most }, said });
        const entitlements = createEntitlements();
        await Promise.all(pages.map((page) => entitlements.accessTo(page, viewer)));
        assert.equal(new Set(calls.flat()).size, calls.flat().length);
      }),
    );
  });
});

function failure(code: string, retryable: boolean): AdobePassError {
  return new AdobePassError({
    operation: 'preauthorize',
    code,
    action: retryable ? 'retry' : 'configuration',
    retryable,
  });
}

function wordsOn(resource: string, said: Conditions['said']): readonly Word[] {
  return said[Number(resource.split('-')[1])] ?? [];
}
