/** @file What tasks say of the choice among several outputs. */

import type { Graph, Value } from "../../onnx/graph.js";
import { textScores } from "./image-text.js";
import { mapBeside } from "./output-map.js";

/** The output with the scores of texts; undefined for none. */
export function scoresOfTexts({ outputs }: Pick<Graph, "outputs">): Value | undefined {
  return outputs.find(({ name }) => name === textScores)?.name;
}

/** Whether an output is the score of the image beside a map, which is what is explained. */
export function isScoreOfMap(graph: Graph, output: Value): boolean {
  return mapBeside(graph, output) !== undefined;
}
