/** @file Sizes of an image input that a file leaves open. */

import type { Dim, Graph, ValueInfo } from "../../onnx/graph.js";
import { areChannelsLast, firstUse } from "./image-axes.js";

/** The sizes of an image input, where the first convolution tells what the file leaves open, and with the user's size. */
export function knownDims(
  graph: Graph,
  { name, dims }: ValueInfo,
  size: { readonly height?: number | undefined; readonly width?: number | undefined },
): readonly Dim[] | undefined {
  const use = firstUse(graph, name, dims?.length);
  const open = dims ?? use?.axes.map(() => "");
  if (open?.length !== 4) return open;
  const channelAxis = use?.axes.length === 4 ? (use.axes[1] ?? 1) : undefined;
  const rows = channelAxis === 3 || (channelAxis === undefined && areChannelsLast(open)) ? 1 : 2;
  const known = (axis: number): Dim | undefined => {
    if (axis === channelAxis) return use?.channels;
    if (axis === rows) return size.height;
    return axis === rows + 1 ? size.width : undefined;
  };
  const isAllOpen = open.slice(1).every((dim) => typeof dim !== "number");
  return open.map((dim, axis) => {
    if (typeof dim === "number") return dim;
    if (axis === 0) return dim === "" && isAllOpen ? "N" : dim;
    return known(axis) ?? dim;
  });
}
