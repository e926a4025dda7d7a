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
  /** Whether it has begun in an earlier try. */
  begun: boolean;
  /** Told once it has begun, so that a later try only waits. */
  onBegun: () => void;
  signal?: AbortSignal;
}

/**
 * Makes the instance read its keys and waits until all bundles and watched paths are as before,
 * twice in a row. What stays down is started, then the framework restarted.
 *
 * It counts only once it has surely begun: a refresh that was answered, or bundles seen down after
 * asking. A restart begins a moment after its answer, so it has to be seen. Until then it is asked
 * for again, for the instance may not have heard.
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
  const { baseline, withinMs, pollMs, signal } = activation;
  const taken: string[] = [];
  let { means, begun } = activation;
  /** Whether the instance may have heard of the means. */
  let heard = false;
  let askAgainAt = 0;
  let trouble = notBack(`${host.id}: no answer`);
  const begin = () => {
    begun = true;
    activation.onBegun();
  };
  const ask = async () => {
    if (!taken.includes(means)) taken.push(means);
    try {
      await start(console, means);
      heard = true;
      if (means !== 'restart') begin();
      else trouble = notBack(`${host.id}: nothing goes down although a restart was asked for`);
    } catch (error) {
      trouble = tolerable(error);
      heard ||= trouble.code === 'console_silent';
    }
    askAgainAt = heard && means === 'restart' ? Date.now() + withinMs / 10 : 0;
  };
  const askAnew = async (next: Means) => {
    [means, begun, heard] = [next, false, false];
    await ask();
  };
  const from = Date.now();
  const after = (share: number) => Date.now() - from > withinMs * share;
  let good = 0;
  while (!after(1)) {
    if (!begun && Date.now() >= askAgainAt) await ask();
    await delay(pollMs, undefined, signal ? { signal } : {});
    const seen = await look(host, console, http, activation);
    if (seen?.down && heard && !begun) begin();
    good = seen === undefined && begun ? good + 1 : 0;
    if (good === 2) return taken;
    if (good === 1) continue;
    trouble = seen?.trouble ?? trouble;
    if (after(0.15) && !taken.includes('owner and mode')) {
      if (await repairFiles(activation.folder)) await askAnew(means);
      taken.push('owner and mode');
    } else if (after(0.3) && !taken.includes('start')) {
      for (const name of seen?.missing ?? []) await console.act(name, 'start').catch(tolerable);
      taken.push('start');
    } else if (after(0.5) && !taken.includes('restart')) {
      await askAnew('restart');
    }
  }
  const resting = baseline.resting.length;
  throw new KeyRolloutError({
    code: trouble.code === 'path_changed' ? trouble.code : 'bundles_not_back',
    message: `${trouble.message} ${Math.round(withinMs / 1000)} s after ${taken.join(', ') || means} (${resting} rested before)`,
  });
}

function notBack(message: string): KeyRolloutError {
  return new KeyRolloutError({ code: 'bundles_not_back', message });
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
function tolerable(error: unknown): KeyRolloutError {
  if (!(error instanceof KeyRolloutError) || !error.retryable) throw error;
  return error;
}

/** What is not as before. */
interface Seen {
  trouble: KeyRolloutError;
  /** Bundles that were active. */
  missing: string[];
  /** Bundles are down, or the whole console is; a path that answers otherwise says nothing. */
  down: boolean;
}

/** `undefined` when all is as before. */
async function look(
  host: AemHost,
  console: FelixConsole,
  http: Http,
  { baseline, paths }: Activation,
): Promise<Seen | undefined> {
  const seen = (code: string, message: string, missing: string[], down: boolean): Seen => ({
    trouble: new KeyRolloutError({ code, message }),
    missing,
    down,
  });
  try {
    const bundles = await console.bundles();
    if (!asBefore(baseline, bundles)) {
      const missing = missingFrom(baseline, bundles);
      const named = missing.slice(0, 5).map((each) => `${each.symbolicName} (${each.stateRaw})`);
      const what = named.join(', ') || `${baseline.bundles - bundles.length} bundles are gone`;
      const names = missing.map(({ symbolicName }) => symbolicName);
      return seen('bundles_not_back', `${host.id}: not active again: ${what}`, names, true);
    }
    const now = await statusesOf(host, http, Object.keys(paths));
    const other = Object.keys(paths).find((path) => now[path] !== paths[path]);
    if (other === undefined) return undefined;
    const message = `${host.id}: ${other} answers ${now[other]} instead of ${paths[other]}`;
    return seen('path_changed', message, [], false);
  } catch (error) {
    const { code, message } = tolerable(error);
    // A time-out may be the network's; a console that is gone is AEM's.
    return seen('bundles_not_back', message, [], code === 'console_unavailable');
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
