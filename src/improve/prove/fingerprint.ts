/** @file A number that stands for the weights of networks. */

import type { Graph } from "../../onnx/graph.js";
import { crc32 } from "../../train/crc32.js";

/** Changes with any weight of any of the networks. */
export function fingerprint(networks: readonly Graph[]): string {
  const sums = networks.flatMap(({ initializers }) =>
    [...initializers].map(([name, tensor]) => `${name}:${crc32(tensor.bytes).toString(16)}`),
  );
  return crc32(new TextEncoder().encode(sums.join("\n")))
    .toString(16)
    .padStart(8, "0");
}
