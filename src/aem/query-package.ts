import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { StoredQuery } from './stored-queries.ts';

const seconds = z.int().nonnegative().optional();

const manifestSchema = z.object({
  /** The folder that the queries read, with the slash at its end. */
  root: z.string().regex(/^\/content\/dam\/.*\/$/),
  queries: z.array(
    z.object({
      path: z.string(),
      file: z.string(),
      ages: z
        .object({
          maxAge: seconds,
          surrogateMaxAge: seconds,
          staleWhileRevalidate: seconds,
          staleIfError: seconds,
        })
        .optional(),
    }),
  ),
});

/** A package contradicts itself. The message is one line that says where. */
export class QueryPackageError extends Error {
  override readonly name = 'QueryPackageError';
}

/**
 * Reads a package of queries, by default the starter package in `aem/`.
 *
 * @param root - Folder of the site's fragments in place of the package's, `/content/dam/.../`. It
 * stands in the query itself: as a variable its slashes would be encoded twice where the
 * dispatcher caches, and every value would be a cache entry of its own.
 * @throws an Error of one line for a root that can't be right; QueryPackageError where the package's
 * own root is in none of its queries; ZodError or a file error for a package that can't be read.
 */
export function readQueryPackage(
  manifest: URL = new URL('../../aem/queries.json', import.meta.url),
  root?: string,
): StoredQuery[] {
  if (root !== undefined && !/^\/content\/dam\/([\w.-]+\/)+$/.test(root)) {
    throw new Error(`root ${root}: use /content/dam/<folder>/ with the slash at the end`);
  }
  const read = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
  const texts = read.queries.map(({ file }) => readFileSync(new URL(file, manifest), 'utf8'));
  if (!texts.some((text) => text.includes(read.root))) {
    throw new QueryPackageError(
      `root is ${read.root}, but no query reads that folder: correct root, or the queries`,
    );
  }
  return read.queries.map(({ path, ages }, index) => {
    const text = texts[index] ?? '';
    const query = root === undefined ? text : text.replaceAll(read.root, root);
    const given = Object.entries(ages ?? {}).filter(([, value]) => value !== undefined);
    return { path, query, ...(given.length > 0 && { ages: Object.fromEntries(given) }) };
  });
}
