import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import type { Http } from '../http/index.ts';
import { asBefore, type Baseline, CRYPTO, CRYPTO_FILE, missingFrom } from './bundles.ts';
import type { FelixConsole } from './console.ts';
import { fileError, KeyRolloutError } from './errors.ts';
import type { AemHost } from './host.ts';
import { KEY_NAMES } from './key-pair.ts';
import { likeFolder } from './replace-pair.ts';
import { statusesOf } from './watched-paths.ts';

/** How an instance is made to read its keys: the documented way first, then ever more of it. */
export type Means = 'refresh' | 'refresh-key-bundle' | 'restart';

export interface Activation {
  means: Means;
  /** Where the key files are: their owner and mode are set right should the bundle not come up. */
  folder: string;
  baseline: Baseline;
  /** Status of each watched path as it was. */
  paths: Record<string, number>;
  withinMs: number;
  pollMs: number;
  /** Whether an earlier try has asked for it already. */
  asked: boolean;
  /** Told once it has been asked for, so that a later try only waits. */
  onAsked: () => void;
  signal?: AbortSignal;
}

/**
 * Makes the instance read its keys and waits until all bundles and watched paths are as before,
 * twice in a row. What stays down is started, then the framework restarted.
 *
 * @returns what it took, in order
 * @throws KeyRolloutError `bundles_not_back`, `path_changed`, `console_refused`
 */
export async function activate(
  host: AemHost,
  console: FelixConsole,
  http: Http,
  activation: Activation,
): Promise<string[]> {
  const { means, baseline, withinMs, pollMs, signal } = activation;
  const taken: string[] = [];
  const ask = async (what: string, call: () => Promise<void>) => {
    taken.push(what);
    await tolerant(call);
  };
  if (!activation.asked) {
    await ask(means, () => start(console, means));
    activation.onAsked();
  }
  const from = Date.now();
  const after = (share: number) => Date.now() - from > withinMs * share;
  let good = 0;
  let trouble = new KeyRolloutError({ code: 'bundles_not_back', message: `${host.id}: no answer` });
  while (!after(1)) {
    await delay(pollMs, undefined, signal ? { signal } : {});
    const seen = await look(host, console, http, activation);
    good = seen === undefined ? good + 1 : 0;
    if (good === 2) return taken;
    if (seen === undefined) continue;
    trouble = seen.trouble;
    if (after(0.15) && !taken.includes('owner and mode')) {
      if (await repairFiles(activation.folder))
        await ask('refresh', () => start(console, 'refresh'));
      taken.push('owner and mode');
    } else if (after(0.3) && !taken.includes('start')) {
      for (const name of seen.down) await tolerant(() => console.act(name, 'start'));
      taken.push('start');
    } else if (after(0.5) && !taken.includes('restart')) {
      await ask('restart', () => start(console, 'restart'));
    }
  }
  const resting = baseline.resting.length;
  throw new KeyRolloutError({
    code: trouble.code,
    message: `${trouble.message} ${Math.round(withinMs / 1000)} s after ${taken.join(', ') || means} (${resting} rested before)`,
  });
}

async function start(console: FelixConsole, means: Means): Promise<void> {
  switch (means) {
    case 'refresh':
      return console.act(CRYPTO, 'refresh');
    case 'refresh-key-bundle':
      return console.act(CRYPTO_FILE, 'refresh');
    case 'restart':
      return console.restartFramework();
  }
}

/** The console itself goes down and comes back: no answer is an answer here, a refusal isn't. */
async function tolerant(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof KeyRolloutError) || !error.retryable) throw error;
  }
}

/** `undefined` when all is as before. */
async function look(
  host: AemHost,
  console: FelixConsole,
  http: Http,
  { baseline, paths }: Activation,
): Promise<{ trouble: KeyRolloutError; down: string[] } | undefined> {
  try {
    const bundles = await console.bundles();
    if (!asBefore(baseline, bundles)) {
      const missing = missingFrom(baseline, bundles);
      const named = missing.slice(0, 5).map((each) => `${each.symbolicName} (${each.stateRaw})`);
      const what = named.join(', ') || `${baseline.bundles - bundles.length} bundles are gone`;
      return {
        trouble: new KeyRolloutError({
          code: 'bundles_not_back',
          message: `${host.id}: not active again: ${what}`,
        }),
        down: missing.map(({ symbolicName }) => symbolicName),
      };
    }
    const now = await statusesOf(host, http, Object.keys(paths));
    const other = Object.keys(paths).find((path) => now[path] !== paths[path]);
    if (other === undefined) return undefined;
    return {
      trouble: new KeyRolloutError({
        code: 'path_changed',
        message: `${host.id}: ${other} answers ${now[other]} instead of ${paths[other]}`,
      }),
      down: [],
    };
  } catch (error) {
    if (!(error instanceof KeyRolloutError) || !error.retryable) throw error;
    return {
      trouble: new KeyRolloutError({ code: 'bundles_not_back', message: error.message }),
      down: [],
    };
  }
}

/** Sets owner and mode right; true where they were not. */
async function repairFiles(folder: string): Promise<boolean> {
  try {
    const changes = await Promise.all(
      KEY_NAMES.map(async (name) => likeFolder(folder, join(folder, name))),
    );
    return changes.includes(true);
  } catch (error) {
    throw fileError(error, "the key files' owner and mode could not be corrected");
  }
}
