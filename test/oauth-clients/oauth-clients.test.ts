import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Farm, signIn, startFarm } from '../gateway/support.ts';
import { missing, PROGRAMS, type Start } from './programs.ts';
import { runTv } from './run.ts';

/** What compilers keep between runs. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'devicepass');

describe('OAuth clients of other languages, unmodified', function suite() {
  this.timeout(600_000);
  let farm: Farm;
  let folder: string;
  const prepared = new Map<string, Promise<Record<string, Start>>>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devicepass-oauth-clients-'));
    for (const { language, needs, prepare } of PROGRAMS) {
      if (missing(needs)) continue;
      const preparing = prepare({ folder: join(folder, language), cache: join(CACHE, language) });
      // Its own tests say why it fails.
      preparing.catch(() => {});
      prepared.set(language, preparing);
    }
    farm = await startFarm();
  });
  after(async () => {
    await Promise.allSettled(prepared.values());
    await rm(folder, { recursive: true, force: true });
    await farm.stop();
  });

  for (const { language, needs, tells } of PROGRAMS) {
    for (const [library, told] of Object.entries(tells)) {
      const title = `${library} goes from registration to a refreshed token and a play`;
      const lacking = missing(needs);
      if (lacking !== undefined) {
        it.skip(`${title} (skipped: no ${lacking} on this machine)`);
        continue;
      }
      // One after the other: they share this machine's address, and Adobe's limit for it.
      it(title, async () => {
        const starts = await prepared.get(language);
        const [program, ...args] = starts?.[library] ?? assert.fail();
        const env = { ISSUER: farm.url, STATEMENT: farm.statement };
        const { user_code: _code, ...rest } = await runTv(program, args, env, (code) =>
          signIn(farm, code),
        );
        assert.deepEqual(rest, told);
      });
    }
  }
});
