// package-lock.json has to work with any registry and hold everything that `npm ci` wants: no
// download addresses in it, and an integrity and a version for each package.
import { readFileSync } from 'node:fs';

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const file = new URL('../package-lock.json', import.meta.url);
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };

/** What is wrong with the lock file, one line each. */
const problems = Object.entries(packages).flatMap(([path, entry]) => {
  if (path === '' || entry.link) return [];
  const found: string[] = [];
  if (/^[a-z+]+:/i.test(entry.resolved ?? '')) found.push(`${path} names a download address`);
  if (!entry.version) found.push(`${path} has no version`);
  if (!entry.integrity) found.push(`${path} has no integrity`);
  // A registry that lacks a platform's build leaves it out, and then `npm ci` refuses the file.
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const known = `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages;
    if (!known) found.push(`${path} wants ${name}, which is missing`);
  }
  return found;
});

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
console.log(
  `package-lock.json: ${Object.keys(packages).length - 1} packages, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
