/** @file The suites: what each needs, and how it is run. CONTRIBUTING.md has them in a table. */

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Open pages in a browser. */
const web = [
  "test/web/**/*.test.ts",
  "test/element/element.test.ts",
  "test/docs/serving.test.ts",
  "test/**/in-browser.test.ts",
];
/** Start other processes: the command line as it is built, or a compiler. */
const cli = ["test/cli/**/*.test.ts", "test/serve/**/*.test.ts", "test/hostile.test.ts", "test/house.test.ts"];
const real = ["test/real/**/*.test.ts"];
const long = ["test/**/*.long.test.ts"];
const build = "test/support/build.ts";

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Much of the time goes into processes that the tests start; the default leaves one core idle.
    maxWorkers: availableParallelism(),
    // One thread each: two runtimes that wait busily for each other's cores take longer than two that do not.
    env: { FOVEA_THREADS: "1" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...web, ...cli, ...real, ...long],
          isolate: false,
        },
      },
      { extends: true, test: { name: "cli", include: cli, exclude: [...web, ...long], globalSetup: build } },
      { extends: true, test: { name: "web", include: web, globalSetup: [build, "test/support/browser/share.ts"] } },
      { extends: true, test: { name: "long", include: long, globalSetup: build } },
      { extends: true, test: { name: "real", include: real, globalSetup: [build, "test/support/browser/share.ts"] } },
    ],
  },
});
