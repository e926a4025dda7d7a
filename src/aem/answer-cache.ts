import { LRUCache } from 'lru-cache';
import type { Answer } from './answer.ts';

/** An answer worth keeping. */
interface Kept {
  answer: Answer;
  /** Until when it may be used without asking, on the clock of `performance.now()`. */
  freshUntil: number;
}

/** Answers to persisted queries, as long as their headers allow; the least used go first. */
export interface AnswerCache {
  get(key: string): { answer: Answer; fresh: boolean } | undefined;
  keep(key: string, answer: Answer): void;
  /** AEM said 304: the kept answer is good for another `max-age`. */
  confirm(key: string, headers: Answer['headers']): void;
}

/** Makes the cache; `maxBytes` 0 keeps nothing. */
export function createAnswerCache(maxBytes: number): AnswerCache {
  if (maxBytes <= 0) return { get: () => undefined, keep() {}, confirm() {} };
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    // Text of V8 takes up to two bytes a character.
    sizeCalculation: ({ answer }, key) => 2 * (answer.text.length + key.length) + 200,
  });
  const now = () => performance.now();
  return {
    get(key) {
      const found = kept.get(key);
      return found && { answer: found.answer, fresh: found.freshUntil > now() };
    },
    keep(key, answer) {
      const { 'cache-control': control = '', etag } = answer.headers;
      const freshMs = freshForMs(answer.headers);
      if (/\bno-store\b/i.test(control) || (freshMs === 0 && etag === undefined)) {
        kept.delete(key);
      } else {
        kept.set(key, { answer, freshUntil: now() + freshMs });
      }
    },
    confirm(key, headers) {
      const found = kept.get(key);
      if (found) kept.set(key, { ...found, freshUntil: now() + freshForMs(headers) });
    },
  };
}

/** How long an answer is fresh: `max-age`, less what it spent in the CDN (`Age`). Milliseconds. */
export function freshForMs(headers: Answer['headers']): number {
  const control = headers['cache-control'] ?? '';
  if (/\bno-(?:cache|store)\b/i.test(control)) return 0;
  const [, seconds] = /\bmax-age=(\d+)/i.exec(control) ?? [];
  const age = Number(headers.age ?? 0);
  return Math.max(0, Number(seconds ?? 0) - (Number.isFinite(age) ? age : 0)) * 1000;
}
