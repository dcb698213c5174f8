/** @file docs/troubleshooting.md has a section for each code of errors, with a message. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../house/imports.js";
import { blocksOf, documents } from "../support/docs/pages.js";

const page = documents.get("docs/troubleshooting.md") ?? "";
const source = readFileSync(join(root, "src/foundation/error.ts"), "utf8");
const codes = Array.from(
  /export type ErrorCode =([^;]*);/.exec(source)?.[1]?.matchAll(/"([\w-]+)"/g) ?? [],
  ([, code]) => code,
);

it("docs/troubleshooting.md has a section for each code, in this order, and a message in it", () => {
  expect(codes.length).toBeGreaterThan(10);
  const sections = Array.from(page.matchAll(/^## ([a-z-]+)$/gm), ([, code]) => code);
  expect(sections).toEqual(codes);
  const withMessage = blocksOf("docs/troubleshooting.md", page).filter(({ language }) => /console|text/.test(language));
  expect(new Set(withMessage.map(({ heading }) => heading))).toEqual(new Set(codes));
});
