/** @file Sizes of an image input that a file leaves open. */

import type { Dim, Graph, ValueInfo } from "../../onnx/graph.js";
import { firstUse } from "./image-axes.js";

/** The sizes of an image input, with the channels that the first convolution reads where the file leaves them open. */
export function knownDims(graph: Graph, { name, dims }: ValueInfo): readonly Dim[] | undefined {
  const use = firstUse(graph, name, dims?.length);
  const open = dims ?? use?.axes.map(() => "");
  if (open?.length !== 4) return open;
  const channelAxis = use?.axes.length === 4 ? (use.axes[1] ?? 1) : undefined;
  const isAllOpen = open.slice(1).every((dim) => typeof dim !== "number");
  return open.map((dim, axis) => {
    if (typeof dim === "number") return dim;
    if (axis === 0) return dim === "" && isAllOpen ? "N" : dim;
    return axis === channelAxis ? (use?.channels ?? dim) : dim;
  });
}
