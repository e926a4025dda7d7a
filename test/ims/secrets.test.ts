import assert from 'node:assert/strict';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { parseCredentials } from '../../src/ims/parse.ts';
import { cleanUp, refusal, stage } from './support.ts';
import type { Stage } from './support.ts';

/** Everything that a careless program might print of a value. */
function printed(value: unknown): string {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  new Console(out).log('value', value, { nested: value });
  new Console(out).dir(value, { depth: 9, showHidden: true });
  pino({}, out).info({ value, err: value }, 'value');
  const spread = typeof value === 'object' ? { ...value } : value;
  return [
    ...lines,
    inspect(value, { depth: 9, showHidden: true, getters: true }),
    format('%s %o %O %j', value, value, value, value),
    JSON.stringify(value),
    JSON.stringify(spread),
    String(value),
    value instanceof Error ? `${value.stack} ${inspect(value.cause)}` : '',
  ].join('\n');
}

function assertClean(value: unknown, { sandbox }: Stage): void {
  const text = printed(value);
  for (const secret of sandbox.secrets()) {
    assert.ok(!text.includes(secret), `${secret.slice(0, 12)}... in ${text.slice(0, 200)}`);
  }
}

describe('complaint: secrets in logs', () => {
  afterEach(cleanUp);

  it('no print of a token, a token source or the client shows a secret', async () => {
    const made = await stage();
    const { sandbox, tokens, ims, events } = made;
    const files = [
      sandbox.serviceCredentials(),
      sandbox.oauthCredentials(),
      sandbox.developerConsoleCredentials(),
      sandbox.localDevelopmentToken(),
    ];
    for (const file of files) {
      const source = tokens(file);
      const token = await source.accessToken();
      assert.ok(sandbox.secrets().includes(token.reveal()), 'the secret is known');
      for (const value of [token, source, ims, events, await source.status()]) {
        assertClean(value, made);
      }
      assertClean(parseCredentials(JSON.stringify(file), { writtenAt: 0 }), made);
      assert.match(inspect(token), /^\[access token by [a-z-]+ until 20/);
    }
  });

  it('Basic shows no password', async () => {
    const { ims } = await stage();
    const source = ims.tokens({ from: 'basic', username: 'admin', password: 'hunter22' });
    const token = await source.accessToken();
    assert.doesNotMatch(printed(token) + printed(source), /hunter22|YWRtaW46/);
  });

  it('no error shows one, even when the server repeats the whole form', async () => {
    const made = await stage({ ims: { tries: 1, timeoutMs: 100 } });
    const { sandbox, tokens, events } = made;
    for (const kind of ['echo', 'status', 'reset', 'hang'] as const) {
      for (const file of [sandbox.serviceCredentials(), sandbox.oauthCredentials()]) {
        sandbox.faults.set({ kind });
        const error = await refusal(tokens(file).accessToken());
        assertClean(error, made);
        assertClean(events, made);
        if (kind === 'echo') assert.match(error.description ?? '', /client_secret=\[secret\]/);
      }
    }
  });
});
