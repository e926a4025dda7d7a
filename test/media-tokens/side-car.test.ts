import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createVerification, type MediaTokenVerdict } from '../../src/media-tokens/index.ts';
import { cleanUp, freePort, serving, servingTls } from '../http/support.ts';
import { answering, forged, sandboxVerifier, tokenFor, verifying } from './support.ts';

const token = tokenFor('REF30');
const question = { token, resource: 'REF30' };

describe('a media token, by the side-car [AZ-07] [TOK-02] [TOK-03]', () => {
  let sandbox: Awaited<ReturnType<typeof sandboxVerifier>>;
  before(async () => {
    sandbox = await sandboxVerifier();
  });
  after(() => sandbox.stop());

  const invalid = (reason: string) => ({ status: 'invalid', reason, release: false });

  it('is valid for the resource and channel that it was given for', async () => {
    const valid = { status: 'valid', release: true };
    assert.deepEqual(await sandbox.verify(question), valid);
    assert.deepEqual(await sandbox.verify({ ...question, serviceProvider: 'REF30' }), valid);
  });

  it('is not for another resource, nor for another channel', async () => {
    assert.deepEqual(
      await sandbox.verify({ ...question, resource: 'premium-1' }),
      invalid('INVALID_RESOURCE_ID'),
    );
    const elsewhere = await sandbox.verify({ ...question, serviceProvider: 'OTHER' });
    assert.equal(elsewhere.release, false);
  });

  it('is over after its time', async () => {
    const old = { ...question, token: tokenFor('REF30', 0) };
    assert.deepEqual(await sandbox.verify(old), invalid('TOKEN_EXPIRED'));
  });

  it('is found to be forged', async () => {
    const better = forged(tokenFor('cheap-1'), 'cheap-1', 'REF30');
    assert.deepEqual(
      await sandbox.verify({ ...question, token: better }),
      invalid('INVALID_SIGNATURE'),
    );
    assert.deepEqual(
      await sandbox.verify({ ...question, token: 'bm90IG9uZQ==' }),
      invalid('INVALID_TOKEN_FORMAT'),
    );
  });

  it('is as an MRSS resource what it is as a plain one', async () => {
    const resource =
      '<rss version="2.0"><channel><title>Fish & "Chips"</title></channel></rss>'.replace(
        '&',
        '&amp;',
      );
    const verdict = await sandbox.verify({ token: tokenFor(resource), resource });
    assert.equal(verdict.status, 'valid');
  });

  it('is none where it is empty or longer than any: nobody is asked', async () => {
    const { listener, asked } = answering([200, '{"valid":true}']);
    const { verify } = verifying((await serving(listener)).url);
    for (const none of ['', 'A'.repeat(16_385)]) {
      assert.deepEqual(await verify({ ...question, token: none }), invalid('INVALID_TOKEN_FORMAT'));
    }
    assert.equal(asked.length, 0);
    cleanUp();
  });
});

describe('the side-car of media tokens', () => {
  afterEach(cleanUp);

  const asking = async (
    listener: RequestListener,
    options: Parameters<typeof verifying>[1] = {},
  ): Promise<MediaTokenVerdict> => {
    const { url } = await serving(listener);
    const verification = verifying(url, options);
    try {
      return await verification.verify(question);
    } finally {
      verification.close();
    }
  };

  it('gets token, resource and channel as JSON, and the secret in its header', async () => {
    const { listener, asked } = answering([200, '{"valid":true,"reason":null,"more":1}']);
    const { url } = await serving(listener);
    const { verify } = verifying(url, { secret: 'for-the-side-car' });
    const verdict = await verify({ ...question, serviceProvider: 'REF30' });
    assert.deepEqual(verdict, { status: 'valid', release: true });
    const [{ authorization, body } = { authorization: '', body: '' }] = asked;
    assert.equal(authorization, 'Bearer for-the-side-car');
    assert.deepEqual(JSON.parse(body), { ...question, serviceProvider: 'REF30' });
  });

  it('may have reasons that are not known yet, but no more than the name of one', async () => {
    const reasons = ['TOKEN_TOO_NEW_2', token, 'bad token abc', 7, undefined];
    const told: string[] = [];
    for (const reason of reasons) {
      const { listener } = answering([200, JSON.stringify({ valid: false, reason })]);
      const verdict = await asking(listener);
      assert.ok(verdict.status === 'invalid' && !verdict.release);
      told.push(verdict.reason);
    }
    assert.deepEqual(told, ['TOKEN_TOO_NEW_2', ...Array(4).fill('ERROR_UNKNOWN')]);
  });

  const both = ['refuse', 'release'] as const;

  for (const whenAway of both) {
    const released = whenAway === 'release';

    describe(`that is away, with ${whenAway}`, () => {
      const away = (verdict: MediaTokenVerdict, problem: string) => {
        assert.ok(verdict.status === 'unverified');
        assert.equal(verdict.problem, problem);
        assert.equal(verdict.release, released);
      };

      it('by a port where nobody listens', async () => {
        const { verify } = verifying(`http://127.0.0.1:${await freePort()}/verify`, { whenAway });
        away(await verify(question), 'unreachable');
      });

      it('by not answering in time', async () => {
        const silent: RequestListener = () => {};
        const began = performance.now();
        away(await asking(silent, { whenAway, timeoutMs: 150 }), 'timeout');
        away(await asking(silent, { whenAway, tryTimeoutMs: 50 }), 'timeout');
        assert.ok(performance.now() - began < 2_000);
      });

      it('by answering slowly, byte by byte', async () => {
        const slow: RequestListener = (_request, response) => {
          response.writeHead(200);
          const timer = setInterval(() => response.write(' '), 10);
          response.on('close', () => clearInterval(timer));
        };
        away(await asking(slow, { whenAway, timeoutMs: 200 }), 'timeout');
      });

      it('and is not taken for away when it breaks off, which a token may have made it do', async () => {
        let asked = 0;
        const rude: RequestListener = (request) => {
          asked += 1;
          request.socket.destroy();
        };
        const verdict = await asking(rude, { whenAway });
        assert.ok(verdict.status === 'unverified');
        assert.deepEqual([verdict.problem, verdict.release], ['failed', false]);
        assert.equal(asked, 2, 'a side-car that restarts gets another chance');
      });

      for (const status of [429, 502, 503, 504]) {
        it(`by a ${status}`, async () => {
          away(await asking(answering([status, '']).listener, { whenAway }), 'overloaded');
        });
      }
    });

    // What an answer says may be the doing of the token: a forged one must not get by with it.
    describe(`that is there and does not work, with ${whenAway}, releases nothing`, () => {
      const answers: [what: string, problem: string, status: number, body: string][] = [
        ['a 500', 'refused', 500, '{"valid":true}'],
        ['a 404', 'refused', 404, ''],
        ['a 401', 'refused', 401, ''],
        ['a 201', 'refused', 201, '{"valid":true}'],
        ['a redirect', 'refused', 302, '{"valid":true}'],
        ['a page', 'nonsense', 200, '<html>true</html>'],
        ['nothing', 'nonsense', 200, ''],
        ['a bare true', 'nonsense', 200, 'true'],
        ['a word for true', 'nonsense', 200, '{"valid":"true"}'],
        ['valid and expired at once', 'nonsense', 200, '{"valid":true,"reason":"TOKEN_EXPIRED"}'],
        ['a list', 'nonsense', 200, '[{"valid":true}]'],
        ['a huge answer', 'nonsense', 200, `{"valid":true,"x":"${'x'.repeat(1_000_000)}"}`],
      ];
      for (const [what, problem, status, body] of answers) {
        it(what, async () => {
          const { listener, asked } = answering([status, body]);
          const verdict = await asking(listener, { whenAway });
          assert.ok(verdict.status === 'unverified');
          assert.equal(verdict.problem, problem);
          assert.equal(verdict.release, false);
          assert.equal(asked.length, 1, 'asked again, though it had answered');
        });
      }

      it('a certificate that nobody knows', async () => {
        const { listener } = answering([200, '{"valid":true}']);
        const { url, cert } = await servingTls(listener);
        const verdict = await verifying(url, { whenAway }).verify(question);
        assert.ok(verdict.status === 'unverified');
        assert.deepEqual([verdict.problem, verdict.release], ['untrusted', false]);
        const trusting = verifying(url, { whenAway, certificateAuthorities: cert });
        assert.equal((await trusting.verify(question)).status, 'valid');
        trusting.close();
      });

      it('a verifier of your own that throws, or answers what is none', async () => {
        const verifiers = [
          async () => Promise.reject(new Error(`not ${token}`)),
          async () => undefined as never,
          async () => ({ status: 'maybe', release: true }) as never,
        ];
        for (const verify of verifiers) {
          const verdict = await createVerification({ verifier: { verify }, whenAway }).verify(
            question,
          );
          assert.ok(verdict.status === 'unverified');
          assert.deepEqual([verdict.problem, verdict.release], ['failed', false]);
        }
      });
    });
  }

  it('is asked again where it was away for a moment', async () => {
    const { listener, asked } = answering([503, ''], [200, '{"valid":true}']);
    assert.equal((await asking(listener)).status, 'valid');
    assert.equal(asked.length, 2);
  });

  it('is asked as often as its setting says, and no more', async () => {
    for (const tries of [1, 3]) {
      const { listener, asked } = answering([503, '']);
      await asking(listener, { tries });
      assert.equal(asked.length, tries);
    }
  });

  it('can be one of your own, which hears when nobody waits any more', async () => {
    let given: unknown;
    let ended: Promise<void> | undefined;
    const verification = createVerification({
      timeoutMs: 30,
      verifier: {
        async verify(asked, signal) {
          given = asked;
          ended = new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
          return new Promise(() => {});
        },
      },
    });
    const verdict = await verification.verify(question);
    assert.ok(verdict.status === 'unverified' && verdict.problem === 'timeout');
    assert.deepEqual(given, question);
    await ended;
  });

  it('is believed in what it says of the token, not in what follows from it', async () => {
    const verify = async () => ({ status: 'invalid', reason: 'X', release: true }) as const;
    const verdict = await createVerification({ verifier: { verify } }).verify(question);
    assert.equal(verdict.release, false);
  });

  it('gets no token into a message, whatever it answers', async () => {
    const echoing: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => response.writeHead(500, body.slice(0, 20)).end(body));
    };
    const { url } = await serving(echoing);
    const verdicts = [
      await asking(echoing),
      await asking(answering([200, token]).listener),
      await verifying(url, { secret: 'bad\nsecret' }).verify(question),
    ];
    for (const verdict of verdicts) {
      assert.equal(verdict.release, false);
      const text = JSON.stringify(verdict);
      for (const secret of [token, token.slice(0, 20), 'bad', 'REF30']) {
        assert.ok(!text.includes(secret), text);
      }
    }
  });
});
