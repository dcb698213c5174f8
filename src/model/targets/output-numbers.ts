/** @file The target of numbers that are no scores of classes: what a network measures, or the numbers of its embedding. */

import { checkOptions } from "../../foundation/check.js";
import { dimsOf, staticDims, type Value } from "../../onnx/graph.js";
import { sizeOf } from "../../onnx/tensor.js";
import type { Model } from "../model.js";
import { findOutput, type OutputChoice } from "./output.js";
import type { Target, TargetKind } from "./target.js";

const title = "the numbers that the network measures";

/** Whether a model's scores are such numbers, of which none is predicted. */
export function measuresNumbers({ target }: Pick<Model, "target">): boolean {
  return target === title;
}

/**
 * The numbers of an output as they are, without probabilities. One number is called as its output is, several `age 0`, `age 1` and so on,
 * unless the model has names for them.
 * @throws FoveaError `unknown-name`
 */
export function outputNumbers(options: OutputChoice = {}): Target {
  checkOptions("outputNumbers", options);
  const { output } = options;
  return {
    title,
    ending: "none",
    called: (model) => ({ classes: namesOf(model, output ?? model.scores), terms: model.classTerms }),
    build: (op, model) => op.Flatten(findOutput(op.graph, model, output).name, { axis: 1 }),
  };
}

export const outputNumbersKind = {
  name: "output-numbers",
  does: "Shows which regions raise a number that the network measures, such as an age or an angle.",
  create: outputNumbers,
} as const satisfies TargetKind<OutputChoice>;

function namesOf({ graph, card, classCount }: Model, output: Value): readonly string[] {
  const sizes = staticDims(dimsOf(graph, output)?.slice(1));
  const count = sizes === undefined ? classCount : sizeOf(sizes);
  if (card.classes !== undefined && card.classes.length === count) return card.classes;
  return count === 1 ? [output] : Array.from({ length: count ?? 0 }, (_, i) => `${output} ${i}`);
}
