/** @file Outputs that are maps already: of anomalies, of depth, of what stands out. */

import { dimsOf, type Graph, typeOf, type Value } from "../../onnx/graph.js";
import type { MapTask } from "./found-task.js";
import { hasWord, isSide, numbersOfOne } from "./sizes.js";
import type { TaskKind } from "./task.js";

/** Names of maps. */
const named = /^(map|maps|heatmap|anomaly|saliency|depth|disparity|mask|masks|alpha|matte|density)$/i;
/** Names of a score of the whole image beside a map of anomalies. */
const scored = /^(score|anomaly)$/i;

export const outputMap: TaskKind<MapTask> = {
  name: "map",
  does: "Gives a number for each place of the image: a map, which is shown as it is.",
  expects: "an output [N, 1, height, width] or [N, height, width]",
  find({ graph, output, isSaid }) {
    if (isPlane(graph, output, isSaid)) return { name: "map", output, score: undefined };
    const map = mapBeside(graph, output);
    return map === undefined ? undefined : { name: "map", output: map, score: output };
  },
};

/** The map of anomalies beside an output that is one score of the whole image; undefined for none. */
export function mapBeside(graph: Graph, output: Value): Value | undefined {
  if (numbersOfOne(graph, output) !== 1 || !hasWord(output, scored)) return undefined;
  const beside = graph.outputs.filter(
    ({ name }) => name !== output && isPlane(graph, name, false) && hasWord(name, named),
  );
  // A mask is the map behind a threshold.
  const [map] = beside.toSorted((a, b) => Number(/mask/i.test(a.name)) - Number(/mask/i.test(b.name)));
  return map?.name;
}

/** Whether an output has one number for each place; that rows and columns alone are these tells its name, or whoever says the task. */
function isPlane(graph: Graph, output: Value, isSaid: boolean): boolean {
  if (typeOf(graph, output)?.type !== "float32") return false;
  const [, ...sizes] = dimsOf(graph, output) ?? [];
  const [height, width] = sizes.slice(-2);
  const isMap = isSide(height) && isSide(width);
  if (sizes.length === 3) return sizes[0] === 1 && isMap;
  return sizes.length === 2 && isMap && (isSaid || hasWord(output, named));
}
