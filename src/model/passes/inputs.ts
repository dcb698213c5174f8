/** @file The passes that leave a graph with one input, the image. */

import { FoveaError } from "../../foundation/error.js";
import { list } from "../../foundation/words.js";
import { type Graph, runInputs, type ValueInfo } from "../../onnx/graph.js";
import type { Tensor } from "../../onnx/tensor.js";
import { withInputs } from "../input/given-inputs.js";
import { knownDims } from "../input/known-dims.js";
import type { AssumedInputs } from "../input/usual-inputs.js";
import { isWholeType } from "../input/whole-types.js";
import { definePass } from "./pass.js";

export const pinTexts = definePass({
  name: "pin-texts",
  does: "Makes constants of what the network of texts gives for the user's, so that each is a class with a score, and cuts that network off.",
  needs: ["graph", "beside"],
  gives: ["graph", "beside"],
  async apply({ graph, beside }, context) {
    const { texts } = context.options;
    if (texts === undefined) return { graph, beside };
    const { pinForModel } = await import("../texts/pin-for-model.js");
    return pinForModel({ graph, beside }, texts, context);
  },
});

export const giveInputs = definePass({
  name: "give-inputs",
  does: "Makes constants of all inputs whose values the caller gives, and of those that detectors and networks of texts have besides the image.",
  needs: ["graph"],
  gives: ["graph", "constants"],
  async apply({ graph }, { where, options: { inputs = {} } }) {
    const { values, says } = await assumed(graph, inputs);
    const names = Object.keys(values).map((name) => `"${name}"`);
    const notes = names.length > 0 ? [`${list(names)} assumed: ${says}`] : [];
    const constants = { ...values, ...inputs };
    return { graph: withInputs(graph, constants, where), constants, notes };
  },
});

async function assumed(graph: Graph, inputs: Readonly<Record<string, Tensor>>): Promise<AssumedInputs> {
  if (runInputs(graph).length <= 1) return { values: {}, says: "" };
  const { assumedInputs } = await import("../input/usual-inputs.js");
  return assumedInputs(graph, inputs);
}

export const findImageInput = definePass({
  name: "find-image-input",
  does: "Finds the image input, brings it to float32 [N, C, H, W] or [N, H, W, C], and refuses a graph that has other inputs left.",
  needs: ["graph"],
  gives: ["graph", "input", "fileInput", "oneByOne"],
  async apply({ graph }, { where }) {
    const fileInput = imageInput(graph, where);
    refuseOddSizes(fileInput, where);
    const ranked = await normalised(graph, fileInput);
    const given = ranked.inputs.find(({ name }) => name === fileInput.name) ?? fileInput;
    const input = { ...given, dims: knownDims(ranked, given) };
    const inputs = ranked.inputs.map((each) => (each.name === input.name ? input : each));
    return { graph: { ...ranked, inputs }, input, fileInput, oneByOne: input.dims?.[0] === 1 };
  },
});

/** The graph with a float32 input of four sizes, where it has another. */
async function normalised(graph: Graph, input: ValueInfo): Promise<Graph> {
  if (!isWholeType(input.type) && input.dims?.length !== 3) return graph;
  const { withFloatInput, withImageRank } = await import("../input/rewrite-input.js");
  const floats = isWholeType(input.type) ? withFloatInput(graph, input) : graph;
  return withImageRank(floats, { ...input, type: "float32" });
}

/** Images that a file may want at a time; exports are for one, or some dozens. */
const largestBatch = 4096;

/** @throws FoveaError `bad-graph` for sizes that no image has */
function refuseOddSizes({ name, dims = [] }: ValueInfo, where: string): void {
  const given = `${where}: input "${name}" of sizes [${dims.join(", ")}]`;
  if (dims.some((dim) => dim === 0)) throw new FoveaError("bad-graph", `${given}: expected sizes of 1 or more, got 0`);
  const [batch] = dims;
  if (typeof batch !== "number" || dims.length < 4 || batch <= largestBatch) return;
  throw new FoveaError("bad-graph", `${given}: expected at most ${largestBatch} images at a time, got ${batch}`);
}

/** @throws FoveaError `bad-graph` for a graph that does not take exactly one tensor of numbers */
function imageInput(graph: Graph, where: string): ValueInfo {
  const [input, ...others] = runInputs(graph);
  if (input !== undefined && others.length === 0 && (input.type === "float32" || isWholeType(input.type))) return input;
  const got = [input, ...others].map((each) => (each ? `${each.type ?? "unknown"} "${each.name}"` : "nothing"));
  const hint = others.length > 0 ? ": give the others as arrays by name" : "";
  throw new FoveaError("bad-graph", `${where}: expected one image input, got ${got.join(", ")}${hint}`);
}
