import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { Catalogue, Tier } from '../aem/index.ts';
import { aemFailure } from './aem-failures.ts';
import { type CatalogueCount, Count, type Progress } from './catalogue-count.ts';
import { workerStopping } from './failures.ts';

/** Which catalogue to read. */
export interface WantedCatalogue {
  /** Default: the settings' tier. Author has the drafts too. */
  tier?: Tier;
}

export type { CatalogueCount } from './catalogue-count.ts';

/** AEM gives no more at once. */
const TITLES_A_PAGE = 100;

export function catalogueActivities(catalogueOf: (tier?: Tier) => Catalogue) {
  return {
    /**
     * Reads the whole catalogue by cursor and counts what is in it. The pages stay here: only the
     * count is returned. Heartbeats carry the cursor, so that another worker goes on there.
     *
     * @throws ApplicationFailure with the code of the `AemError`
     */
    async fetchCatalogue({ tier }: WantedCatalogue = {}): Promise<CatalogueCount> {
      const { cancellationSignal: signal } = Context.current();
      const progress = activityInfo().heartbeatDetails as Progress | undefined;
      const count = Count.from(progress);
      try {
        const input = {
          first: TITLES_A_PAGE,
          revalidate: true,
          ...(count.cursor === undefined ? {} : { after: count.cursor }),
        };
        heartbeat(progress);
        for await (const page of catalogueOf(tier).pages(input, { signal })) {
          count.add(page);
          heartbeat(count.progress());
        }
        return count.result();
      } catch (error) {
        if (signal.aborted) throw stopped(signal.reason);
        // The cursor may be what AEM refuses: the next try begins at the first page.
        if (isCursorRefused(error, count)) heartbeat(undefined);
        throw aemFailure(error);
      }
    },
  };
}

/** A stopping worker hands the reading over; a cancelled workflow ends it. */
function stopped(reason: unknown): unknown {
  const stopping = reason instanceof Error && reason.message === 'WORKER_SHUTDOWN';
  return stopping ? workerStopping() : reason;
}

function isCursorRefused(error: unknown, { cursor }: Count): boolean {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return cursor !== undefined && (code === 'graphql_errors' || code === 'cursor_loop');
}
