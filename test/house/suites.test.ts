/** @file What `npm test` leaves out, the long suite runs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { expect, it } from "vitest";
import config from "../../vitest.config.js";
import { root } from "./imports.js";

it("every file that takes a share of its cases is in the long suite", () => {
  const { test } = config({ command: "serve", mode: "long" }) as {
    test: { projects: { test: { include: string[] } }[] };
  };
  const [suite] = test.projects;
  const long = new Set(globSync(suite?.test.include ?? [], { cwd: root }));
  const sharing = globSync("test/**/*.test.ts", { cwd: root }).filter((file) =>
    /from "(\.\.\/)+support\/share\.js"/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(sharing.length).toBeGreaterThan(20);
  expect(sharing.filter((file) => !long.has(file))).toEqual([]);
});
