/** @file The pass that gives an open image input the size that its pictures will have. */

import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Graph, ValueInfo } from "../../onnx/graph.js";
import { imageAxes } from "../input/image-axes.js";
import { definePass } from "./pass.js";

export const setInputSize = definePass({
  name: "set-input-size",
  does: "Sets a height and width that the file leaves open to those that the user, the file's metadata or a file beside it says, and of a detector to the usual ones; grids of tokens and cells depend on them.",
  needs: ["graph", "input", "card", "beside"],
  gives: ["graph", "input"],
  async apply({ graph, input, card, beside }, { options: { given, task } }) {
    const stated = { ...beside?.preprocessing, ...card.preprocessing, ...given?.preprocessing };
    const sized = withSize(graph, input, stated);
    const { height, width } = imageAxes(sized) ?? {};
    const isOpen = typeof height === "string" && typeof width === "string";
    if (!isOpen || (task !== undefined && task !== "detection")) return sized;
    const { detectorSide } = await import("../input/detector-size.js");
    const { side, because } = detectorSide(graph, task === "detection") ?? {};
    if (side === undefined) return sized;
    const note = `the file leaves the input's size open: ${side}x${side} is taken, as ${because} (--size takes another)`;
    return { ...withSize(graph, input, { height: side, width: side }), notes: [note] };
  },
});

function withSize(
  graph: Graph,
  input: ValueInfo,
  { height, width }: Partial<Preprocessing>,
): { graph: Graph; input: ValueInfo } {
  const { dims = [] } = input;
  const axes = imageAxes({ graph, input });
  if (axes === undefined || height === undefined || width === undefined) return { graph, input };
  const first = axes.layout === "nchw" ? 2 : 1;
  const wanted = new Map([
    [first, height],
    [first + 1, width],
  ]);
  const sized = dims.map((dim, axis) => (typeof dim === "number" ? dim : (wanted.get(axis) ?? dim)));
  if (sized.join() === dims.join()) return { graph, input };
  const result = { ...input, dims: sized };
  return { graph: { ...graph, inputs: graph.inputs.map((each) => (each === input ? result : each)) }, input: result };
}
