/** @file What docs/choose-a-method.md says was measured is what was measured. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type AgreementResults, withAgreement } from "../../bench/agreement/page.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const results: AgreementResults = JSON.parse(read("bench/agreement/results.json"));

it("docs/choose-a-method.md is up to date (npm run bench -- agreement --page writes it)", () => {
  const page = read("docs/choose-a-method.md");
  expect(withAgreement(page, results)).toBe(page);
});

it("a right map agrees more often than a wrong one, and no map of the other class agrees", () => {
  expect(results.truth?.auroc).toBeGreaterThan(0.8);
  const wrong = results.truth?.methods.filter(({ method }) => method.endsWith("of the other class")) ?? [];
  expect(wrong.map(({ agree }) => agree)).toEqual([0, 0]);
});
