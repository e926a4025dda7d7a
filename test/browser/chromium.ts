import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * An installed Chromium: of `CHROMIUM`, or the first on the PATH.
 *
 * @throws Error with one line when there is none
 */
export async function launchChromium(): Promise<Browser> {
  // Without its sandbox, which needs rights that containers seldom have; it opens our own pages only.
  return chromium.launch({ executablePath: findChromium(process.env), args: ['--no-sandbox'] });
}

export function findChromium(env: NodeJS.ProcessEnv): string {
  const given = env['CHROMIUM'];
  if (given) {
    if (isExecutable(given)) return given;
    throw new Error(`CHROMIUM is ${JSON.stringify(given)}: give the path of an installed Chromium`);
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const found = NAMES.map((name) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error(
    `no ${NAMES.join(', ')} on the PATH: install Chromium (Debian: apt-get install chromium), or set CHROMIUM to its path`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
