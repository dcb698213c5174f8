/** @file What docs/choose-a-method.md says was measured is what was measured. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withAgreement } from "../../bench/agreement/page.js";
import { readResults } from "../../bench/agreement/results.js";

const results = readResults();

it("docs/choose-a-method.md is up to date (npm run bench -- agreement --page writes it)", () => {
  const page = readFileSync(new URL("../../docs/choose-a-method.md", import.meta.url), "utf8");
  expect(withAgreement(page, results)).toBe(page);
});

it("a right map agrees more often than a wrong one, and no map of the other class agrees", () => {
  expect(results.truth?.auroc).toBeGreaterThan(0.8);
  const wrong = results.truth?.methods.filter(({ method }) => method.endsWith("of the other class")) ?? [];
  expect(wrong.map(({ agree }) => agree)).toEqual([0, 0]);
});
