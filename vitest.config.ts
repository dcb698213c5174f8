/** @file Where the tests are. Those under test/real skip themselves where their models are not at hand. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/**/*.test.ts"], testTimeout: 30_000 },
});
