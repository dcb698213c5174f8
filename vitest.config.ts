/** @file Where the tests are. Those under test/real skip themselves where their models are not at hand. */

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/build.ts",
    testTimeout: 30_000,
    // Much of the time goes into processes that the tests start; the default leaves one core idle.
    maxWorkers: availableParallelism(),
    // One thread each: two runtimes that wait busily for each other's cores take longer than two that do not.
    env: { FOVEA_THREADS: "1" },
  },
});
