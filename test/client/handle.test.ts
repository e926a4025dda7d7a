import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { KeyRing } from '../../src/client.ts';
import { hashDeviceId } from '../../src/adobe-pass/index.ts';
import { returnUrlOf, workflowIdOf } from '../../src/client/handle.ts';
import { sealBriefly } from '../../src/sealing/index.ts';
import { deviceWorkflowId } from '../../src/device-identity.ts';

describe('the handle of a device', () => {
  const keys = KeyRing.generate();
  const taskQueue = 'devicepass';
  const returnUrl = 'https://tv.example.com/return';
  const identity = { app: 'sports-tv', deviceId: hashDeviceId('sports-tv', 'tv-1') };
  const workflowId = deviceWorkflowId(taskQueue, identity);
  const made = async (ring = keys, page = returnUrl) =>
    (await returnUrlOf({ keys: ring, returnUrl: page }, workflowId)) ?? '';
  const read = async (returned: string, ring = keys) =>
    workflowIdOf({ keys: ring, taskQueue }, returned);

  it('is short, and of letters that no address has to escape', async () => {
    const url = await made();
    const handle = new URL(url).searchParams.get('device') ?? '';
    assert.match(handle, /^[A-Za-z0-9_-]{1,100}$/);
    assert.equal(url, `${returnUrl}?device=${handle}`);
  });

  const ways: [what: string, change: (url: string) => string][] = [
    ['as it was sent', (url) => url],
    ['encoded once more', encodeURIComponent],
    ['encoded twice more', (url) => encodeURIComponent(encodeURIComponent(url))],
    [
      'encoded in lower case',
      (url) => encodeURIComponent(url).replaceAll(/%../g, (hex) => hex.toLowerCase()),
    ],
    [
      'with an encoded query',
      (url) => url.replace(/\?(.*)/, (_all, query: string) => `?${encodeURIComponent(query)}`),
    ],
    ['with its question mark encoded', (url) => url.replace('?', '%3F')],
    ['as a piece of HTML', (url) => url.replace('?', '?lang=en&amp;')],
    ['with more parameters after it', (url) => `${url}&state=%%&device=`],
    ['cut to its query', (url) => new URL(url).search],
    ['alone', (url) => new URL(url).searchParams.get('device') ?? ''],
    ['with blanks around', (url) => ` ${url}\n`],
    ['on another host', (url) => url.replace('https://tv.example.com', 'http://proxy:8080')],
  ];
  for (const [what, change] of ways) {
    it(`is read ${what}`, async () => {
      assert.equal(await read(change(await made())), workflowId);
      assert.equal(await read(change(await made(keys, `${returnUrl}?page=1`))), workflowId);
    });
  }

  it('is read with each key of the ring, and with no other', async () => {
    const url = await made();
    const newer = keys.withNewKey().withLastKeyFirst();
    assert.equal(await read(url, newer), workflowId);
    await assert.rejects(read(url, KeyRing.generate()), { code: 'unknown_handle' });
  });

  it('is good for a week', async () => {
    const url = await made();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 8 * 24 * 3_600_000 });
    try {
      await assert.rejects(read(url), { code: 'unknown_handle' });
    } finally {
      mock.timers.reset();
    }
  });

  it('is refused when it was cut, changed, is of another purpose, or is none', async () => {
    const url = await made();
    const other = await sealBriefly(keys, new Uint8Array(40), 'state');
    const wrong = ['', 'x', returnUrl, url.slice(0, -3), url.replace(/.$/, '~'), other, 'device=%'];
    for (const returned of wrong) {
      await assert.rejects(read(returned), { code: 'unknown_handle' }, returned);
    }
  });
});
