/** @file What axe-core finds on a page. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** @param options.forced the user's own colours are shown, of which the page's style sheet knows nothing. Default false */
export async function axeViolations(page: Page, { forced = false } = {}): Promise<string[]> {
  // As a script of the browser's own: the page's policy allows none inline.
  await page.evaluate(axe);
  const options = forced ? { rules: { "color-contrast": { enabled: false } } } : {};
  const run = `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`;
  const found = (await page.evaluate(run)) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
