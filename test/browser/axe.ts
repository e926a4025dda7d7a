import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] as const;

/** No rule of WCAG 2.2 AA that a program can check is broken, and nothing runs out of the page. */
export async function isAccessible(page: Page, name: string, text = '100%'): Promise<void> {
  await page.evaluate((size) => {
    document.documentElement.style.fontSize = size;
  }, text);
  await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async (values) => {
      const results = await window.axe.run(document, { runOnly: { type: 'tag', values } });
      return results.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
    },
    [...RULES],
  );
  assert.deepEqual(violations, [], name);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overflow, 0, `${name} is ${overflow} px wider than the window`);
}

// Of the browser, where the functions given to `evaluate` run.
declare const window: { axe: typeof axe };
declare const document: {
  documentElement: { style: { fontSize: string }; scrollWidth: number; clientWidth: number };
};
