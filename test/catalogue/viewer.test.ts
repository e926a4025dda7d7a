import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { DeviceClient, EntitledPage, PlayRules, TitleAccess } from '../../src/client.ts';
import { connect, DevicePassError } from '../../src/client.ts';
import type { AemSandbox, Fragment } from '../../src/sandbox/aem/index.ts';
import { FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';
import { signIn, startAem } from './support.ts';

describe('the catalogue of a viewer', function () {
  this.timeout(60_000);
  let stack: Stack;
  let aem: AemSandbox;

  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    const { sandbox, settings } = await startAem();
    aem = sandbox;
    stack = await startStack({ config: { aem: settings } });
  });

  after(async () => {
    await stack.stop();
    await aem.stop();
  });

  const preauthorizations = () =>
    stack.sandbox.requests.filter(({ operation }) => operation === 'preauthorize');

  function fragment(found: (fields: Fragment['fields']) => boolean): Fragment['fields'] {
    const fields = aem.fragments.find(
      (each) => each.stage === 'published' && !each.membersOnly && found(each.fields),
    )?.fields;
    return fields ?? assert.fail('no such title in the catalogue');
  }

  async function signedIn(): Promise<DeviceClient> {
    const tv = stack.tv();
    await signIn(tv);
    return tv;
  }

  function accessOn({ titles }: EntitledPage, start: string): Set<TitleAccess> {
    return new Set(
      titles
        .filter(({ channelResourceId = '' }) => channelResourceId.startsWith(start))
        .map(({ access }) => access),
    );
  }

  it('says of each title what may be watched: open, likely or locked', async () => {
    const tv = await signedIn();
    const page = await tv.catalogue({ first: 50 });
    assert.equal(page.titles.length, 50);
    assert.equal(page.signedIn, true);
    assert.deepEqual(accessOn(page, 'city-news'), new Set(['likely']));
    assert.deepEqual(accessOn(page, 'premium-'), new Set(['locked']));
    assert.deepEqual(accessOn(page, 'parental-'), new Set(['locked']));
    for (const { access, requiresAuth } of page.titles)
      assert.equal(access === 'open', !requiresAuth);
  });

  it('asks Adobe for channels, not titles, in calls of five, and not again for permits', async () => {
    const tv = await signedIn();
    const before = preauthorizations().length;
    const page = await tv.catalogue({ first: 50 });
    const channels = new Set(
      page.titles.flatMap(({ channelResourceId }) => channelResourceId ?? []),
    );
    const calls = preauthorizations().length - before;
    assert.ok(
      calls <= Math.ceil(channels.size / 5),
      `${calls} calls for ${channels.size} channels`,
    );
    await tv.catalogue({ first: 50 });
    assert.equal(preauthorizations().length - before, calls, 'warm: Adobe is not asked');
  });

  it('shows everything to somebody who is not signed in, and locks nothing', async () => {
    const { signedIn, titles, problem } = await stack.tv().catalogue();
    assert.equal(signedIn, false);
    assert.equal(problem, undefined, 'to be new is no problem');
    assert.deepEqual(new Set(titles.map(({ access }) => access)), new Set(['open', 'unknown']));
  });

  it('forgets what was permitted with the sign-in', async () => {
    const tv = await signedIn();
    await tv.catalogue();
    await tv.logout();
    const { signedIn: still, titles } = await tv.catalogue();
    assert.equal(still, false);
    assert.ok(titles.every(({ access }) => access === 'open' || access === 'unknown'));
  });

  it('locks nothing while Adobe is away: the page comes, with the reason', async () => {
    const tv = await signedIn();
    stack.sandbox.faults.set({ operation: 'preauthorize', kind: 'status', status: 503, times: 50 });
    try {
      const { titles, problem } = await tv.catalogue();
      assert.equal(problem?.action, 'retry');
      assert.ok(titles.every(({ access }) => access === 'open' || access === 'unknown'));
    } finally {
      stack.sandbox.faults.clear();
    }
    assert.deepEqual(accessOn(await tv.catalogue(), 'city-news'), new Set(['likely']));
  });

  it('keeps the pace of a device, and leaves unknown what would go beyond', async () => {
    const { sandbox, settings } = await startAem({ titles: 104 });
    sandbox.fragments.forEach(({ fields }, index) => {
      Object.assign(fields, { channelResourceId: `channel-${index}`, requiresAuth: true });
    });
    const { keys, client: temporal, config } = stack;
    const pass = await connect({ keys, temporal, taskQueue: config.taskQueue, aem: settings });
    try {
      const tv = pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
      await signIn(tv);
      const { titles, problem, signedIn } = await tv.catalogue({ first: 100 });
      const counted = (access: TitleAccess) =>
        titles.filter((title) => title.access === access).length;
      assert.equal(signedIn, true);
      assert.ok(counted('likely') >= 25, `${counted('likely')} likely`);
      assert.ok(counted('unknown') >= 10, `${counted('unknown')} unknown: 20 calls take too long`);
      assert.equal(counted('locked'), 0);
      assert.equal(problem?.action, 'retry');
      // Two requests a second apart may arrive in less: then Adobe refuses one, and it stays at one.
      const refused = preauthorizations().filter(({ status }) => status === 429);
      assert.ok(refused.length <= 1, `Adobe refused ${refused.length} calls`);
      const later = await tv.catalogue({ first: 100 });
      assert.ok(
        later.titles.filter(({ access }) => access === 'unknown').length < counted('unknown'),
      );
    } finally {
      await pass.close();
      await sandbox.stop();
    }
  });

  describe('plays a title', () => {
    it('by the resource of its channel, with a media token', async () => {
      const { slug } = fragment(
        ({ channelResourceId, authorizeWith }) =>
          channelResourceId === 'city-news' && authorizeWith === 'channel',
      );
      const play = await (await signedIn()).play({ slug: String(slug) });
      assert.equal(play.status, 'permitted');
      assert.equal(play.resource, 'city-news');
      assert.ok(play.mediaToken.value);
      assert.equal(play.title.slug, slug);
    });

    it('with its media token verified, where that is asked for', async () => {
      const { slug } = fragment(({ channelResourceId }) => channelResourceId === 'city-news');
      const verify = async () => ({ status: 'invalid', reason: 'TOKEN_EXPIRED' }) as const;
      const { keys, client: temporal, config } = stack;
      const { taskQueue, aem } = config;
      const mediaTokens = { verifier: { verify } };
      const pass = await connect({ keys, temporal, taskQueue, aem, mediaTokens });
      try {
        const device = { app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() };
        await signIn(stack.pass.device(device));
        const tv = pass.device(device);
        assert.equal((await tv.play({ slug: String(slug) })).status, 'permitted');
        await assert.rejects(tv.play({ slug: String(slug) }, { verify: true }), {
          code: 'media_token_invalid',
        });
      } finally {
        await pass.close();
      }
    });

    it('by MRSS where the title asks for it', async () => {
      const fields = fragment(
        ({ authorizeWith, requiresAuth }) => authorizeWith === 'asset' && requiresAuth === true,
      );
      Object.assign(fields, { channelResourceId: 'city & "news"', title: 'Fish <& Chips>' });
      const play = await (await signedIn()).play({ slug: String(fields.slug) });
      assert.equal(play.status, 'permitted');
      assert.match(play.resource, /<title>city &amp; &quot;news&quot;<\/title>/);
      assert.match(
        play.resource,
        /<item><title>Fish &lt;&amp; Chips&gt;<\/title><guid>asset-\d+<\/guid>/,
      );
    });

    it('free of charge without asking Adobe or a sign-in', async () => {
      const { slug } = fragment(({ requiresAuth }) => requiresAuth === false);
      const play = await stack.tv().play({ slug: String(slug) });
      assert.deepEqual(Object.keys(play).sort(), ['status', 'title']);
      assert.equal(play.status, 'open');
    });

    it('not when the provider denies it: the answer is the denial', async () => {
      const { slug } = fragment(
        ({ channelResourceId, authorizeWith }) =>
          channelResourceId === 'premium-movies' && authorizeWith === 'channel',
      );
      const play = await (await signedIn()).play({ slug: String(slug) });
      assert.equal(play.status, 'denied');
      assert.equal(play.code, 'authorization_denied_by_mvpd');
    });

    it('not before or after its time', async () => {
      const fields = fragment(({ channelResourceId }) => channelResourceId === 'sky-docs');
      fields.availableTo = '2026-01-02T00:00:00.000Z';
      const play = await stack.tv().play({ slug: String(fields.slug) });
      assert.equal(play.status, 'refused');
      assert.equal(play.code, 'title_not_available');
    });

    it('that does not exist is an error of its own', async () => {
      await assert.rejects(stack.tv().play({ slug: 'nothing' }), (error) => {
        assert.ok(error instanceof DevicePassError);
        assert.equal(error.code, 'unknown_title');
        return true;
      });
    });
  });

  describe('asks the own rules of the programmer', () => {
    async function playing(rules: PlayRules, answerWithinMs = 8_000) {
      const { keys, client: temporal, config } = stack;
      const pass = await connect({
        keys,
        temporal,
        taskQueue: config.taskQueue,
        aem: config.aem,
        rules,
        answerWithinMs,
      });
      const tv = pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
      await signIn(tv);
      const { slug } = fragment(
        ({ channelResourceId, authorizeWith }) =>
          channelResourceId === 'river-kids' && authorizeWith === 'channel',
      );
      try {
        return await tv.play({ slug: String(slug) });
      } finally {
        await pass.close();
      }
    }

    it('after the permit and before the token is given out', async () => {
      const asked: Parameters<PlayRules>[0][] = [];
      const play = await playing((request) => {
        asked.push(request);
        return { code: 'blackout', message: 'not in your region' };
      });
      assert.equal(play.status, 'refused');
      assert.equal(play.code, 'blackout');
      assert.ok(!('mediaToken' in play));
      assert.equal(asked.length, 1);
      assert.equal(asked[0]?.mvpd, 'NorthCable');
      assert.match(asked[0]?.ip ?? '', /^198\.51\./);
    });

    it('and plays where they have nothing against it', async () => {
      assert.equal((await playing(() => undefined)).status, 'permitted');
    });

    it('and refuses where they fail or do not answer', async () => {
      const failing = await playing(() => Promise.reject(new Error('down')));
      const silent = await playing(() => new Promise(() => {}), 2_000);
      for (const play of [failing, silent]) {
        assert.equal(play.status, 'refused');
        assert.equal(play.code, 'rules_failed');
      }
    });
  });
});
