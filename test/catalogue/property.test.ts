import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { chunkLimits, inChunks } from '../../src/activities/in-chunks.ts';
import { AdobePassError, type Decision } from '../../src/adobe-pass/index.ts';
import { channelsOf, createEntitlements, type Viewer } from '../../src/catalogue/index.ts';
import { title } from './support.ts';

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
const channel = fc.integer({ min: 0, max: 30 }).map((number) => `channel-${number}`);
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
const words = fc.array(word, { minLength: 31, maxLength: 31 });
const limit = fc.integer({ min: 1, max: 12 });

/** Adobe as the worker asks it, a viewer who is signed in, and what was sent. */
function world(
  limits: { set: number; adobe: number; failsAt?: number | undefined },
  said: readonly Word[],
) {
  const chunks = chunkLimits(5, { [MVPD]: limits.set });
  const calls: string[][] = [];
  const told = new Set<string>();
  const adobe = async (resources: string[]): Promise<Decision[]> => {
    calls.push(resources);
    if (calls.length === limits.failsAt) throw failure('throttled', true);
    if (resources.length > limits.adobe) throw failure('too_many_resources', false);
    for (const resource of resources) told.add(resource);
    // In an order of Adobe's own.
    return resources
      .toReversed()
      .flatMap((resource) => decision(resource, said[numberOf(resource)] ?? 'silence'));
  };
  const viewer: Viewer = {
    id: 'device',
    profile: async () => ({ mvpd: MVPD, generation: 1, notAfter: Infinity }),
    preauthorize: (channels) => inChunks(chunks, MVPD, channels, adobe),
  };
  return { viewer, calls, told };
}

function failure(code: string, retryable: boolean): AdobePassError {
  return new AdobePassError({
    operation: 'preauthorize',
    code,
    action: retryable ? 'retry' : 'configuration',
    retryable,
  });
}

function numberOf(resource: string): number {
  return Number(resource.split('-')[1]);
}

describe('for any catalogue and any limits', () => {
  it('Adobe is called at most once for as many distinct channels as a call may hold', async () => {
    await fc.assert(
      fc.asyncProperty(titles, words, limit, async (page, said, most) => {
        const { viewer, calls } = world({ set: most, adobe: most }, said);
        await createEntitlements().accessTo(page, viewer);
        const distinct = channelsOf(page).length;
        assert.ok(calls.length <= Math.ceil(distinct / most), `${calls.length} calls`);
        assert.ok(calls.every((resources) => resources.length <= most));
        assert.equal(new Set(calls.flat()).size, calls.flat().length, 'a channel was asked twice');
      }),
    );
  });

  it('no title is locked without a denial, also when Adobe fails midway', async () => {
    const failsAt = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        titles,
        words,
        limit,
        limit,
        failsAt,
        async (page, said, set, adobe, fails) => {
          const { viewer, told } = world({ set, adobe, failsAt: fails }, said);
          const { access } = await createEntitlements().accessTo(page, viewer);
          assert.equal(access.length, page.length);
          page.forEach(({ channelResourceId = '', requiresAuth }, at) => {
            const heard = told.has(channelResourceId)
              ? said[numberOf(channelResourceId)]
              : undefined;
            if (access[at] === 'open') assert.equal(requiresAuth, false);
            else assert.equal(requiresAuth, true);
            if (access[at] === 'locked') assert.ok(heard && denials.includes(heard));
            if (access[at] === 'likely') assert.equal(heard, 'permit');
          });
        },
      ),
    );
  });

  it('pages in any order ask for no permitted channel twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(titles, { maxLength: 6 }), limit, async (pages, most) => {
        const { viewer, calls } = world({ set: most, adobe: most }, Array<Word>(31).fill('permit'));
        const entitlements = createEntitlements();
        await Promise.all(pages.map((page) => entitlements.accessTo(page, viewer)));
        assert.equal(new Set(calls.flat()).size, calls.flat().length);
      }),
    );
  });
});
