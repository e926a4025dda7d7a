import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { DevicePassError } from '../../src/client.ts';
import { patiently } from '../../src/gateway/patiently.ts';

describe('waiting for a turn at Adobe', () => {
  it('is open to a whole hotel, warns nobody, and ends when the gateway is about to stop', async () => {
    const warned: Error[] = [];
    const hear = (warning: Error) => void warned.push(warning);
    process.on('warning', hear);
    const draining = new AbortController();
    const request = { raw: { socket: { destroyed: false } } } as unknown as FastifyRequest;
    const more = { retryable: true, retryAfterMs: 60_000 };
    const late = new DevicePassError('rate_limited', 'another minute', more);
    const waiting = Array.from({ length: 30 }, () =>
      patiently({ draining: draining.signal }, request, () => Promise.reject(late)),
    );
    const ended = Promise.allSettled(waiting);
    await turn();
    draining.abort();
    for (const each of await ended) assert.deepEqual(each, { status: 'rejected', reason: late });
    await turn();
    process.off('warning', hear);
    assert.deepEqual(warned, []);
  });
});
