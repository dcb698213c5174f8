/** @file Compares every reference case with PyTorch's and Keras' numbers and writes docs/conformance.md. `npm run conformance` */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runtime } from "../../src/cli/platform.js";
import { type KerasResult, kerasSection, kerasSectionIn } from "../../test/support/browser/keras-page.js";
import { bar, comparisons, conformanceOf, conformancePage, rowOf } from "../../test/support/goldens/conformance.js";
import { goldenCases } from "../../test/support/goldens/goldens.js";
import {
  isNear,
  methodErrors,
  methodReferences,
  methodsSection,
} from "../../test/support/goldens/method-conformance.js";
import { kerasCases, kerasErrors, kerasGoldens, toleranceOf } from "../../test/support/models/keras.js";
import { conceptReferences, conceptsSection } from "../../test/support/peers/concepts.js";
import { peerBar, peersSection } from "../../test/support/peers/page.js";
import { nameOf, peerError, peers } from "../../test/support/peers/peers.js";
import { relevanceErrors } from "../../test/support/peers/relevance.js";
import { sweepSectionIn } from "../sweep/page.js";

const page = fileURLToPath(new URL("../../docs/conformance.md", import.meta.url));
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
const methodResults = [];
for (const comparison of comparisons(goldens)) {
  const errors = await methodErrors(comparison);
  const far = methodReferences.filter((reference, i) => errors[i] && !isNear(errors[i], reference));
  for (const { file } of far) console.log(`${rowOf(comparison)}: ${file}  above the bar`);
  if (far.length > 0) process.exitCode = 1;
  methodResults.push(errors);
}
const peerErrors = [];
for (const peer of peers) {
  const error = await peerError(peer);
  if (!(error <= peerBar(peer))) process.exitCode = 1;
  console.log(`${`${nameOf(peer)}, ${peer.code}`.padEnd(50)} ${error.toExponential(1)}`);
  peerErrors.push(error);
}
const conceptErrors = [];
for (const { what, code, bar, worst } of conceptReferences) {
  const error = await worst();
  if (!(error <= bar)) process.exitCode = 1;
  console.log(`${`${what}, ${code}`.padEnd(50)} ${error.toExponential(1)}`);
  conceptErrors.push(error);
}
const kerasRoot = kerasGoldens();
const kerasResults: KerasResult[] = [];
for (const of of kerasRoot ? kerasCases(kerasRoot).filter(({ refused }) => refused === undefined) : []) {
  for (const file of of.files) {
    const errors = await kerasErrors(of, file);
    const worst = Math.max(...Object.values(errors));
    console.log(
      `${`${of.name}/${file}`.padEnd(50)} ${worst.toExponential(1)}${worst <= toleranceOf(of) ? "" : "  above the bar"}`,
    );
    kerasResults.push({ of, file, errors });
  }
}
const old = existsSync(page) ? readFileSync(page, "utf8") : "";
const keras = kerasResults.length > 0 ? kerasSection(kerasResults) : kerasSectionIn(old);
if (kerasResults.length === 0) console.log("Keras' reference cases are not there: their section stays as it was");
const written = [
  conformancePage(results, runtime.name),
  methodsSection(methodResults),
  peersSection(methodResults, peerErrors, await relevanceErrors()),
  conceptsSection(conceptErrors),
  keras,
].join("");
writeFileSync(page, written + sweepSectionIn(old));
const passed = results.every(({ errors }) => Object.values(errors).every((error) => error <= bar));
const kerasPassed = kerasResults.every(({ of, errors }) => Math.max(...Object.values(errors)) <= toleranceOf(of));
if (!passed || !kerasPassed) process.exitCode = 1;
