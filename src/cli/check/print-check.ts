/** @file Prints the proofs that a model is explained rightly. */

import type { ModelCheck } from "../../explain/prove/check-model.js";
import type { Proof } from "../../explain/prove/proof.js";
import { layerSize } from "../../model/layers/layer.js";
import { print } from "../terminal/print.js";
import type { CheckedDevice } from "./check-devices.js";

/** The proofs in words. */
export function printCheck(name: string, check: ModelCheck & { readonly devices?: readonly CheckedDevice[] }): void {
  const { layer, scores, stability, gradient, devices = [], notes, operators, passed } = check;
  print(`${name}: ${passed ? "explained rightly" : "NOT explained rightly"}`);
  print(`  layer     ${layer.name} (${layer.op}, ${layerSize(layer)}): ${layer.reason}`);
  print(`  scores    ${describeProof(scores)} from what the file alone gives`);
  if (gradient) {
    print(`  gradient  ${describeProof(gradient.uphill)} from finite differences uphill`);
    print(`            ${describeProof(gradient.anywhere)} along random directions, where they nearly cancel`);
  } else print("  gradient  not compared: it is not the derivative");
  print(`  stability ${describeProof(stability.again)} of the file's own scores from run to run`);
  if (stability.besideOthers) print(`            ${describeProof(stability.besideOthers)} beside other images`);
  for (const { device, maps, scores } of devices) {
    print(`  ${device.padEnd(9)} ${describeProof(maps)} of its maps from the processor's`);
    print(`            ${describeProof(scores)} of its scores`);
  }
  print(`  operators ${operators.map(([op, times]) => (times > 1 ? `${op} x${times}` : op)).join(", ") || "none"}`);
  for (const note of notes) print(`  note      ${note}`);
}

function describeProof({ error, tolerance, passed }: Proof): string {
  return `${passed ? "ok:" : "FAILED:"} ${error.toExponential(1)} (at most ${tolerance.toExponential(0)})`;
}
