import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** One place where something was left behind, and all the text that is in it. */
export interface Trace {
  where: string;
  text: string;
}

/** Everything that Temporal keeps of a workflow, or shows of it to an operator. */
export async function tracesOf(client: Client, workflowId: string): Promise<Trace[]> {
  const handle = client.workflow.getHandle(workflowId);
  const history = await handle.fetchHistory();
  const { raw, ...description } = await handle.describe();
  const details = await handle.query<unknown>('__temporal_workflow_metadata');
  const views = workflowId.startsWith('device:') ? [await handle.query<unknown>('view')] : [];
  return [
    { where: `history of ${workflowId}`, text: textOf(historyToJSON(history)) },
    { where: `description of ${workflowId}`, text: textOf([toJson(raw), toJson(description)]) },
    { where: `current details of ${workflowId}`, text: textOf(toJson(details)) },
    { where: `view of ${workflowId}`, text: textOf(toJson(views)) },
  ];
}

/** Where a text occurs. */
export function found(traces: readonly Trace[], needle: string): string[] {
  return traces.filter(({ text }) => text.includes(needle)).map(({ where }) => where);
}

/** All strings in a value, and what is inside those that are Base64 or JSON again. */
export function textOf(value: unknown): string {
  const texts: string[] = [];
  collect(value, texts, 0);
  return texts.join('\n');
}

const DEEPEST = 12;

function collect(value: unknown, texts: string[], depth: number): void {
  if (depth > DEEPEST) return;
  if (typeof value === 'string') {
    texts.push(value);
    for (const inner of insides(value)) collect(inner, texts, depth + 1);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, texts, depth);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      texts.push(name);
      collect(item, texts, depth);
    }
  } else if (value !== undefined) {
    texts.push(JSON.stringify(value));
  }
}

function insides(text: string): unknown[] {
  if (/^\s*[[{"]/.test(text)) {
    const parsed = parse(text);
    return parsed === undefined ? [] : [parsed];
  }
  const parts = /^[\w+/=-]{8,}$/.test(text) ? [text] : text.split('.');
  return parts
    .filter((part) => /^[\w+/=-]{8,}$/.test(part))
    .map((part) => Buffer.from(part, 'base64').toString('utf8'))
    .filter((decoded) => decoded !== '' && !decoded.includes('\uFFFD'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, item: unknown) => {
      if (typeof item === 'bigint') return item.toString();
      if (item instanceof Map) return Object.fromEntries(item) as unknown;
      return isBytes(item) ? Buffer.from(item).toString('base64') : item;
    }) ?? 'null',
  );
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}
