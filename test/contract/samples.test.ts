import assert from 'node:assert/strict';
import { AdobePassError } from '../../src/adobe-pass/index.ts';
import { cleanUp, clientOf, recorder } from '../adobe-pass/support.ts';
import type { Received } from '../adobe-pass/support.ts';
import { asOfToday } from './as-of-today.ts';
import { understood } from './sample-answers.ts';
import { loadSamples, perform, samplesFolder } from './samples.ts';
import type { Sample } from './samples.ts';

const compared = [
  'authorization',
  'ap-device-identifier',
  'x-device-info',
  'content-type',
  'accept',
];
const STATUS = 'ap-partner-framework-status';

/** The JSON in a header, without the blanks of a sample. */
function statusIn(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  return JSON.stringify(JSON.parse(Buffer.from(String(header), 'base64').toString('utf8')));
}

// Fewer would mean that the folder isn't what it was.
const minimum = 25;

function checkRequest({ request }: Sample, sent: Received): void {
  assert.equal(sent.method, request.method);
  assert.equal(sent.url, request.path);
  const documented = new Map(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const name of compared) {
    assert.equal(name in sent.headers, documented.has(name), `header ${name}`);
  }
  // One that says nothing for the viewer is left out, which Adobe answers alike.
  const status = statusIn(documented.get(STATUS));
  const isSent = status?.includes('"granted"') === true;
  assert.equal(statusIn(sent.headers[STATUS]), isSent ? status : undefined);
  for (const name of ['authorization', 'ap-device-identifier', 'user-agent']) {
    assert.equal(sent.headers[name], documented.get(name), `header ${name}`);
  }
  const type = documented.get('content-type') ?? '';
  assert.equal(sent.headers['content-type']?.split(';')[0] ?? '', type);
  const fields: unknown = type.includes('json')
    ? JSON.parse(sent.body)
    : Object.fromEntries(new URLSearchParams(sent.body));
  assert.deepEqual(fields, request.fields);
}

describe('contract: documented samples', function () {
  const samples = loadSamples();
  let ran = 0;

  before(function () {
    if (samplesFolder() === undefined) this.skip();
  });
  afterEach(cleanUp);

  for (const sample of samples) {
    it(sample.name, async () => {
      // Most samples are years old: what they say would be over.
      const response = asOfToday(sample.response);
      const server = await recorder(() => ({
        status: response.status,
        headers: response.headers,
        body: response.body,
      }));
      const result = await perform(sample, clientOf(server)).catch((error: unknown) => {
        if (error instanceof AdobePassError) return error;
        throw error;
      });
      const [sent] = server.received;
      assert.ok(sent && server.received.length === 1);
      checkRequest(sample, sent);
      understood({ ...sample, response }, result, server.url);
      ran += 1;
    });
  }

  it(`are at least ${minimum}`, () => {
    console.log(`      ${ran} of ${samples.length} documented samples ran`);
    assert.ok(ran >= minimum, `only ${ran} samples ran`);
  });
});
