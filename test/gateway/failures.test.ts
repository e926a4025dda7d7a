import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import fastify from 'fastify';
import { DevicePassError } from '../../src/client.ts';
import { createLogger } from '../../src/log.ts';
import { Problem, sendProblem } from '../../src/gateway/api/problem.ts';
import { sendOAuthError } from '../../src/gateway/oauth/errors.ts';
import { freePort } from '../../src/cli/temporal-server.ts';
import { type Farm, type RunningGateway, startFarm, Tv } from './support.ts';

/** A log that is kept in memory. */
function logger() {
  const lines: string[] = [];
  const write = (chunk: unknown, _encoding: string, done: () => void) => {
    lines.push(String(chunk));
    done();
  };
  return { lines, logger: createLogger('info', new Writable({ write })) };
}

const FOR_OPERATORS = 'no worker of task queue blue: set the proxy that this network needs';

describe('what fails at or behind the gateway', () => {
  const retry = {
    action: 'retry',
    retryable: true,
    trace: 'trace-1',
    details: 'of proxy.internal',
  };
  const setUpWrong = { action: 'configuration', status: 400, trace: 'trace-1' };
  const failures = {
    'for a while': new DevicePassError('no_answer', FOR_OPERATORS, retry),
    'until somebody mends it': new DevicePassError('invalid_statement', FOR_OPERATORS, setUpWrong),
    // Adobe has codes of OAuth for our registration, which are none for that of a TV.
    'for our registration': new DevicePassError('invalid_request', FOR_OPERATORS, setUpWrong),
    'for our own client': new DevicePassError('invalid_client', FOR_OPERATORS, {
      ...setUpWrong,
      action: 'application-registration',
    }),
    'by itself': new Error(FOR_OPERATORS),
    'by what was found': new Problem(502, 'unexpected_url', FOR_OPERATORS),
  };

  for (const [how, failure] of Object.entries(failures)) {
    for (const [form, handler] of Object.entries({ sendProblem, sendOAuthError })) {
      it(`${how} is told to operators in the log, to TVs as what to do: ${form}`, async () => {
        const { lines, logger: loggerInstance } = logger();
        const app = fastify({ loggerInstance });
        app.setErrorHandler(handler);
        app.get('/', () => {
          throw failure;
        });
        const { statusCode, body } = await app.inject('/');
        assert.ok(statusCode >= 500, `${statusCode}`);
        assert.match(body, /not available now: ask again/);
        assert.doesNotMatch(body, /worker|proxy/);
        if (failure instanceof DevicePassError) {
          assert.ok(body.includes(failure.code) && body.includes('trace-1'), body);
        }
        const logged = lines.join('');
        assert.ok(logged.includes(FOR_OPERATORS), logged);
      });
    }
  }

  for (const [form, handler] of Object.entries({ sendProblem, sendOAuthError })) {
    it(`for as long as Adobe says: TVs are told the same: ${form}`, async () => {
      const app = fastify();
      app.setErrorHandler(handler);
      app.get('/', () => {
        throw new DevicePassError('throttled', 'wait', { ...retry, retryAfterMs: 119_500 });
      });
      const { statusCode, headers } = await app.inject('/');
      assert.deepEqual([statusCode, headers['retry-after']], [503, '120']);
    });
  }

  it('by the wrong request is told to the TV, with what to do', async () => {
    const app = fastify();
    app.setErrorHandler(sendProblem);
    app.get('/', () => {
      throw new DevicePassError('unknown_mvpd', 'choose another', { status: 404, details: 'more' });
    });
    const { statusCode, json } = await app.inject('/');
    const { message, details } = json<Record<string, string>>();
    assert.deepEqual([statusCode, message, details], [404, 'choose another', 'more']);
  });
});

describe('a poll that can not be answered', () => {
  let farm: Farm;
  let connection: Connection;
  let cutOff: RunningGateway;
  const { lines, logger: log } = logger();
  before(async () => {
    farm = await startFarm({ logger: log });
    connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    cutOff = await farm.another({ temporal: new Client({ connection }) });
  });
  after(async () => {
    await cutOff.stop();
    await connection.close();
    await farm.stop();
  });

  it('lets the TV poll on, and tells why in the log', async function () {
    this.timeout(60_000);
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const { status, body } = await tv.poll(shown['device_code'], cutOff.url);
    assert.deepEqual([status, body['error']], [429, 'slow_down']);
    assert.equal(body['error_description'], 'not available now: ask again');
    const logged = lines.join('');
    assert.match(logged, /"code":"(temporal_unavailable|no_answer)"/);
    for (const secret of [shown['device_code'], tv.clientSecret]) {
      assert.ok(!logged.includes(String(secret)));
    }
  });
});
