/** @file The passes that find the class scores, and the names of the classes. */

import { FoveaError, unknownName } from "../../foundation/error.js";
import { dimsOf, type Graph, producers, staticDims, type Value, type ValueInfo } from "../../onnx/graph.js";
import { sizeOf } from "../../onnx/tensor.js";
import { findClassNames } from "../class-names.js";
import type { Model } from "../model.js";
import { definePass } from "./pass.js";

export const findOutput = definePass({
  name: "find-output",
  does: "Finds the output with the class scores: the caller's, else the first [N, classes], else the first.",
  needs: ["graph"],
  gives: ["output"],
  apply: ({ graph }, { where, options }) => ({ output: scoresOutput(graph, options.output, where) }),
});

export const findScores = definePass({
  name: "find-scores",
  does: "Walks back from the output to the scores before a final softmax or sigmoid, and counts the classes.",
  needs: ["graph", "output"],
  gives: ["scores", "ending", "oneScore", "classCount"],
  apply({ graph, output }) {
    const { scores, ending } = beforeEnding(graph, output);
    const sizes = scoreSizes(graph, scores);
    const count = sizes.length > 0 ? sizeOf(sizes) : undefined;
    const oneScore = ending === "sigmoid" && count === 1;
    return { scores, ending, oneScore, classCount: oneScore ? 2 : count };
  },
});

export const nameClasses = definePass({
  name: "name-classes",
  does: "Takes class names from the user, the file, files beside it or ImageNet, in this order, and refuses a wrong number of the first two.",
  needs: ["graph", "scores", "card", "classCount", "beside", "given"],
  gives: ["card", "classCount", "classesOrigin", "classTerms", "placeClasses"],
  async apply({ graph, scores, card, classCount, beside, given }, { where }) {
    const sizes = scoreSizes(graph, scores);
    const places = sizeOf(sizes.slice(1));
    const fits = (names: number) =>
      classCount === undefined || names === classCount || (places > 1 && names === sizes[0]);
    const { classes, terms, origin, notes = [] } = await findClassNames(card, { beside, given }, classCount, fits);
    const count = classCount ?? classes?.length;
    const { classes: _, ...unnamed } = card;
    const facts = {
      ...{ classCount: count, classesOrigin: origin, classTerms: undefined, placeClasses: undefined },
      notes,
    };
    if (classes === undefined) return { ...facts, card: unnamed };
    if (classes.length === count) return { ...facts, classTerms: terms, card: { ...unnamed, classes } };
    if (places > 1) return { ...facts, card: unnamed, placeClasses: classes };
    throw new FoveaError("bad-file", `${where}: class names ${origin}: expected ${count}, got ${classes.length}`);
  },
});

/** @throws FoveaError `unknown-name`, or `bad-graph` for a graph without outputs */
function scoresOutput({ outputs }: Graph, choice: Value | undefined, where: string): Value {
  const names = outputs.map(({ name }) => name);
  if (choice !== undefined && !names.includes(choice)) throw unknownName("output", choice, names, where);
  const isScores = ({ type, dims = [] }: ValueInfo) =>
    type === "float32" && dims.length >= 2 && dims[1] !== 1 && dims.slice(2).every((dim) => dim === 1);
  const output = choice ?? (outputs.find(isScores) ?? outputs[0])?.name;
  if (output !== undefined) return output;
  throw new FoveaError("bad-graph", `${where}: expected an output with class scores, got none`);
}

/** Sizes of the scores behind the batch; none where any of them is open. */
function scoreSizes(graph: Graph, scores: Value): readonly number[] {
  return staticDims(dimsOf(graph, scores)?.slice(1)) ?? [];
}

const endings: Readonly<Record<string, Model["ending"]>> = {
  Softmax: "softmax",
  LogSoftmax: "log-softmax",
  Sigmoid: "sigmoid",
};
const reshaping = new Set([
  ...["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Cast"],
  ...["QuantizeLinear", "DequantizeLinear"],
]);

/** Walks back from an output over operators that only reshape, to the input of a final softmax or sigmoid. */
function beforeEnding(graph: Graph, output: Value): Pick<Model, "scores" | "ending"> {
  const madeBy = producers(graph);
  let node = madeBy.get(output);
  while (node && reshaping.has(node.op)) node = madeBy.get(node.inputs[0] ?? "");
  const ending = node && endings[node.op];
  const scores = node?.inputs[0];
  return ending && scores !== undefined ? { scores, ending } : { scores: output, ending: "none" };
}
