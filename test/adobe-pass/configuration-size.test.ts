import assert from 'node:assert/strict';
import { base, cleanUp, clientOf, recorder } from './support.ts';

describe('a large answer', () => {
  afterEach(cleanUp);

  it('reads a configuration of thousands of MVPDs, up to a limit that is a setting', async () => {
    const mvpds = Array.from({ length: 3_000 }, (_, index) => ({
      id: `Mvpd${index}`,
      displayName: `Provider ${index}`,
      logoUrl: `https://logos.example/${'x'.repeat(1_000)}/${index}.png`,
    }));
    const server = await recorder(() => ({ body: { requestor: { id: 'DEMO', mvpds } } }));
    const patient = { requestTimeoutMs: 30_000 };
    const read = await clientOf(server, patient).configuration(base);
    assert.equal(read.mvpds.length, 3_000);
    const strict = clientOf(server, { ...patient, maxConfigurationBytes: 2_000_000 });
    await assert.rejects(strict.configuration(base), {
      code: 'invalid_response',
      details: 'more than 2000000 bytes',
    });
  });
});
