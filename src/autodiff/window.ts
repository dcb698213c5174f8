/** @file The sliding window of convolutions and pools, with paddings resolved. */

import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { type GraphNode, ints as intsAttribute, string as stringAttribute } from "../onnx/graph.js";
import type { Backward } from "./rule.js";

export interface SpatialWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after each spatial axis. */
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/** How many elements a kernel reaches over along each axis, the first not counted: its size with the dilation's gaps, less one. */
export function reachOf({ kernel, dilations }: Pick<SpatialWindow, "kernel" | "dilations">): number[] {
  return kernel.map((size, i) => (size - 1) * at(dilations, i));
}

/**
 * Reads strides, dilations and pads of a Conv or pool node; `auto_pad` is resolved from the sizes.
 * @throws FoveaError `bad-graph` when `auto_pad` needs an input size that is not known
 */
export function spatialWindow({ node, inputs, dims }: Backward, kernel: readonly number[]): SpatialWindow {
  const rank = kernel.length;
  const strides = intsAttribute(node, "strides") ?? Array(rank).fill(1);
  const dilations = intsAttribute(node, "dilations") ?? Array(rank).fill(1);
  const autoPad = stringAttribute(node, "auto_pad", "NOTSET");
  refuseOtherLengths(node, rank, { strides, dilations });
  const window = { kernel, strides, dilations };
  if (autoPad === "VALID") return { ...window, begin: Array(rank).fill(0), end: Array(rank).fill(0) };
  if (autoPad === "NOTSET") {
    const pads = intsAttribute(node, "pads") ?? Array(2 * rank).fill(0);
    refuseOtherLengths(node, 2 * rank, { pads });
    return { ...window, begin: pads.slice(0, rank), end: pads.slice(rank) };
  }
  const sizes = dims(inputs[0])?.slice(2);
  const totals = kernel.map((k, i) => {
    const reach = (k - 1) * dilations[i] + 1;
    if (strides[i] === 1) return reach - 1;
    const size = sizes?.[i];
    if (typeof size !== "number") {
      throw new FoveaError(
        "bad-graph",
        `node "${node.name}" (${node.op}): auto_pad ${autoPad}: expected a known input size`,
      );
    }
    return Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + reach - size);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  return autoPad === "SAME_UPPER" ? { ...window, begin: small, end: large } : { ...window, begin: large, end: small };
}

/** @throws FoveaError `bad-graph` for an attribute of another length: another number of axes than the kernel's */
export function refuseOtherLengths(
  { name, op }: GraphNode,
  expected: number,
  attributes: Readonly<Record<string, readonly number[] | undefined>>,
): void {
  for (const [attribute, numbers] of Object.entries(attributes)) {
    if (numbers === undefined || numbers.length === expected) continue;
    const why = `expected ${expected} numbers, as the kernel has axes, got ${numbers.length}`;
    throw new FoveaError("bad-graph", `node "${name}" (${op}): ${attribute}: ${why}`);
  }
}
