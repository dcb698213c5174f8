/** @file The passes over operators whose results are not a matter of one image alone. */

import { ancestors } from "../../onnx/prune.js";
import { randomNodes } from "../../onnx/random-nodes.js";
import { asInference } from "../../onnx/rewrite/inference.js";
import { definePass } from "./pass.js";

const oddities: Readonly<Record<string, string>> = {
  Dropout: "would drop values at random",
  BatchNormalization: "would normalise by the images that share a run",
};

export const readAsInference = definePass({
  name: "read-as-inference",
  does: "Reads Dropout and BatchNormalization in training mode as in inference, with a note.",
  needs: ["graph"],
  gives: ["graph"],
  apply({ graph }) {
    const { graph: settled, trained } = asInference(graph);
    const notes = [...trained].map(
      ([op, nodes]) =>
        `The file is in training mode: its ${op} ${named(nodes)} ${oddities[op]}. It is read as in inference; export the model after eval().`,
    );
    return { graph: settled, notes };
  },
});

export const noteRandomness = definePass({
  name: "note-randomness",
  does: "Notes operators before the scores that draw random numbers.",
  needs: ["graph", "output"],
  gives: [],
  apply({ graph, output }) {
    const before = ancestors(graph, [output]);
    const drawing = randomNodes(graph).filter(({ outputs }) => outputs.some((value) => before.has(value)));
    if (drawing.length === 0) return {};
    const operators = [...new Set(drawing.map(({ op }) => op))].join(", ");
    const nodes = named(drawing.map(({ name }) => name));
    return {
      notes: [`The network draws random numbers (${operators} ${nodes}): scores and maps change from call to call.`],
    };
  },
});

/** `"a"`, or `"a" and 3 more`. */
function named([first = "", ...others]: readonly string[]): string {
  return others.length > 0 ? `"${first}" and ${others.length} more` : `"${first}"`;
}
