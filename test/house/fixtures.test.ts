/** @file What must not be in fixtures: traces of the machine that made them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./imports.js";

it("fixtures name no folder of the machine that made them", () => {
  const files = ["test/fixtures", "conformance"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  );
  const traces = /site-packages|\/(home|root|work|tmp|Users)\/\w/;
  const traced = files.filter((entry) => traces.test(readFileSync(join(entry.parentPath, entry.name), "latin1")));
  expect(files.length).toBeGreaterThan(100);
  expect(traced.map(({ parentPath, name }) => join(parentPath, name))).toEqual([]);
});
