import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { type Farm, signIn, startFarm, Tv } from './support.ts';

/** A block as some parsers hand it out: whatever stands before an empty line. */
interface Block {
  fields: [name: string, value: string][];
  comments: number;
}

describe('the format of the event stream (HTML, section 9.2.6)', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ heartbeatMs: 50 });
  });
  after(() => farm.stop());

  const open = async (tv: Tv, query = '', headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${await tv.ownToken()}`;
    const asked = get(`${farm.url}/v1/events${query}`, { headers: { authorization, ...headers } });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    return response;
  };

  it('has no block without data: retry is in the first, and comments end none', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const blocks: Block[] = [];
    let block: Block = { fields: [], comments: 0 };
    let beats = 0;
    let choosing: Promise<unknown> | undefined;
    const stream = await open(tv, '?until=signed-in');
    for await (const line of createInterface({ input: stream })) {
      if (line === '') {
        blocks.push(block);
        block = { fields: [], comments: 0 };
      } else if (line.startsWith(':')) {
        beats += 1;
        block.comments += 1;
        // After some silence, which must not look like events.
        if (beats === 3) choosing = signIn(farm, shown['user_code']);
      } else {
        const [, name = '', value = ''] = /^([a-z]+): (.*)$/.exec(line) ?? [];
        block.fields.push([name, value]);
      }
    }
    await choosing;
    assert.ok(beats >= 3);
    assert.deepEqual(block.fields, [], 'nothing is left half said');
    assert.deepEqual(
      blocks.map(({ fields }) => fields.map(([name]) => name)),
      [
        ['retry', 'event', 'id', 'data'],
        ['event', 'id', 'data'],
      ],
    );
    const [code, signedIn] = blocks.map(({ fields }) => Object.fromEntries(fields));
    assert.deepEqual([code?.['retry'], code?.['event']], ['2000', 'code']);
    assert.equal(signedIn?.['event'], 'signed-in');
    for (const { data = '' } of [code ?? {}, signedIn ?? {}]) JSON.parse(data);
  });

  /** The first event of a stream; `undefined` where three signs of life come before any. */
  const firstOf = async (stream: IncomingMessage) => {
    let beats = 0;
    const fields: Record<string, string> = {};
    for await (const line of createInterface({ input: stream })) {
      if (line === '') return fields;
      if (line.startsWith(':')) beats += 1;
      if (beats === 3) return undefined;
      const [, name = '', value = ''] = /^([a-z]+): (.*)$/.exec(line) ?? [];
      fields[name] = value;
    }
    throw new Error('the stream ended before it said anything');
  };

  it('tells who comes back only what is new, by Last-Event-ID in a header or in the address', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const first = await firstOf(await open(tv));
    const id = first?.['id'] ?? '';
    assert.equal(first?.['event'], 'code');
    assert.equal(await firstOf(await open(tv, '', { 'last-event-id': id })), undefined);
    assert.equal(await firstOf(await open(tv, `?lastEventId=${id}`)), undefined);
    for (const other of ['', 'nonsense', '1', 'x'.repeat(1_000)]) {
      const again = await firstOf(await open(tv, '', { 'last-event-id': other }));
      assert.deepEqual([again?.['event'], again?.['id']], ['code', id], other);
    }
    await signIn(farm, shown['user_code']);
    const news = await firstOf(await open(tv, '', { 'last-event-id': id }));
    assert.equal(news?.['event'], 'signed-in');
    const known = { 'last-event-id': news?.['id'] ?? '' };
    assert.equal(await firstOf(await open(tv, '', known)), undefined);
    const waits = await firstOf(await open(tv, '?until=signed-in', known));
    assert.equal(waits?.['event'], 'signed-in', 'who waits for it must not wait for ever');
  });
});
