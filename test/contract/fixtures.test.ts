import assert from 'node:assert/strict';
import { headerMatrix } from '../../src/adobe-pass/headers.ts';
import { cleanUp, clientOf, recorder } from '../adobe-pass/support.ts';
import { asOfToday } from './as-of-today.ts';
import { MADE_AT } from './fixture-device.ts';
import { fixtures } from './fixtures.ts';

const ignored = new Set(['host', 'connection', 'accept-encoding', 'content-length']);

describe('contract: fixtures', () => {
  afterEach(cleanUp);

  it('cover every operation', () => {
    const covered = new Set(fixtures.map(({ operation }) => operation));
    assert.deepEqual([...covered].sort(), Object.keys(headerMatrix).sort());
  });

  for (const { operation, invoke, request, response, expected } of fixtures) {
    const { method, path } = request;
    it(`${operation}: ${method} ${path.split('?')[0]} and its answer`, async () => {
      const today = asOfToday({ response, expected }, MADE_AT);
      const server = await recorder(() => today.response);
      const result = await invoke(
        clientOf(server, { browserOrigins: ['https://sp.auth.adobe.com'] }),
      );
      assert.equal(server.received.length, 1);
      const [sent] = server.received;
      assert.equal(sent?.method, method);
      assert.equal(sent?.url, path);
      const headers = Object.entries(sent?.headers ?? {}).filter(([name]) => !ignored.has(name));
      assert.deepEqual(Object.fromEntries(headers), request.headers);
      assert.equal(sent?.body, request.body);
      assert.deepEqual(result, today.expected);
    });
  }
});
