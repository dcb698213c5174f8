/** @file docs/methods.md is what the methods say of themselves. */

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { methods } from "../../src/explain/methods/index.js";
import { methodsPage } from "../support/goldens/methods-page.js";

it("docs/methods.md is up to date (npm run methods writes it)", () => {
  expect(readFileSync(new URL("../../docs/methods.md", import.meta.url), "utf8")).toBe(methodsPage());
});

it("every method has a name, a title, a paper and a way to say what it works on", () => {
  expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
  for (const { name, title, paper } of methods) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*(\+\+)?$/);
    expect(title.length * paper.length).toBeGreaterThan(0);
  }
});
