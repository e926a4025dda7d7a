import type { About } from './call.ts';
import { AemError } from './errors.ts';

/** What goes on from one page to the next. */
export interface Cursor {
  /** Where this page ended; the `after` of the next. */
  endCursor?: string;
  hasNextPage: boolean;
}

/**
 * Follows cursors to the last page, one page in memory at a time. The first page is asked without
 * a cursor, unless `from` resumes an earlier reading.
 *
 * @throws AemError `cursor_loop` when AEM says there is more but gives no new cursor.
 */
export async function* followCursors<P extends Cursor>(
  about: About,
  fetchPage: (after: string | undefined) => Promise<P>,
  from?: string,
): AsyncGenerator<P, void, undefined> {
  // A cursor is some 60 characters: a million titles are 10,000 of them.
  const seen = new Set<string>(from === undefined ? [] : [from]);
  let after = from;
  for (;;) {
    const page = await fetchPage(after);
    const { endCursor, hasNextPage } = page;
    // Before the page is given out: a reader must not count titles twice.
    if (hasNextPage && (endCursor === undefined || seen.has(endCursor))) {
      throw new AemError({
        ...about,
        code: 'cursor_loop',
        details: endCursor === undefined ? 'no cursor' : 'a cursor came again',
        hint: 'AEM says there are more pages but gives no way on: read the catalogue again',
        retryable: true,
      });
    }
    yield page;
    if (!hasNextPage || endCursor === undefined) return;
    seen.add(endCursor);
    after = endCursor;
  }
}
