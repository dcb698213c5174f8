/** @file What axe-core finds on a page. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

export interface AxeOptions {
  /** The user's own colours are shown, of which the page's style sheet knows nothing. Default false. */
  readonly forced?: boolean;
  /** A selector of the part to look at. Default the main part of the page. */
  readonly within?: string;
}

export async function axeViolations(
  page: Page,
  { forced = false, within = "main" }: AxeOptions = {},
): Promise<string[]> {
  // As a script of the browser's own: the page's policy allows none inline.
  await page.evaluate(axe);
  const options = forced ? { rules: { "color-contrast": { enabled: false } } } : {};
  const run = `axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)}).then(({ violations }) => violations)`;
  const found = (await page.evaluate(run)) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
