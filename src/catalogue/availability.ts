import type { Title } from '../aem/index.ts';

/**
 * Whether a title is offered at a moment, epoch milliseconds. Decided here and not by AEM: its
 * caches would answer with the "now" of hours ago.
 */
export function isAvailable(
  { availableFrom = -Infinity, availableTo = Infinity }: Title,
  now: number,
): boolean {
  return availableFrom <= now && now < availableTo;
}
