import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { ConfigError } from '../config.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import { noSuchNamespace } from './namespace.ts';

/**
 * Makes sure that the namespace knows the search attributes: without them the first workflow task
 * of every device would fail for ever.
 *
 * @throws ConfigError when there is no such namespace, or when they are missing and can't be added here (Temporal Cloud, or no permission)
 */
export async function ensureSearchAttributes(
  connection: Pick<Connection | NativeConnection, 'operatorService' | 'workflowService'>,
  namespace: string,
): Promise<void> {
  const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    const missing = names.filter((name) => !customAttributes || !(name in customAttributes));
    if (missing.length === 0) return;
    const keyword = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
    await untilUsable(connection, namespace, missing);
  } catch (error) {
    const unknown = noSuchNamespace(error, namespace);
    if (unknown) throw unknown;
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ConfigError(
      `namespace ${namespace} lacks search attributes of devicepass (${reason}): add ` +
        `${names.join(', ')} as Keyword by hand`,
    );
  }
}

const USABLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** The parts of a server learn of new attributes one after the other; until then tasks fail. */
async function untilUsable(
  { workflowService }: Pick<Connection | NativeConnection, 'workflowService'>,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const query = names.map((name) => `${name} = 'known'`).join(' OR ');
  const until = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
