/** @file Compares every reference case with PyTorch's numbers and writes docs/conformance.md. `npm run conformance` */

import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeRuntime } from "../src/runtime/node.js";
import { bar, comparisons, conformanceOf, conformancePage, rowOf } from "../test/support/conformance.js";
import { goldenCases } from "../test/support/goldens.js";

const page = fileURLToPath(new URL("../docs/conformance.md", import.meta.url));
const root = process.env.FOVEA_GOLDENS;
const goldens = root && existsSync(root) ? goldenCases(root) : [];
if (goldens.length === 0) {
  console.error(
    `conformance: FOVEA_GOLDENS: expected a folder with PyTorch's reference cases, got ${root ? `"${root}", which has none` : "nothing"}`,
  );
  process.exit(2);
}
const results = [];
for (const comparison of comparisons(goldens)) {
  const result = await conformanceOf(comparison);
  const worst = Math.max(...Object.values(result.errors));
  console.log(`${rowOf(comparison).padEnd(50)} ${worst.toExponential(1)}${worst <= bar ? "" : "  above the bar"}`);
  results.push(result);
}
writeFileSync(page, conformancePage(results, nodeRuntime.name));
process.exitCode = results.every(({ errors }) => Object.values(errors).every((error) => error <= bar)) ? 0 : 1;
