/** @file Door of the readers of model files other than ONNX: each becomes an ONNX graph. */

import type { Graph } from "../onnx/index.js";
import { kerasGraph } from "./keras-graph.js";
import { readKerasH5 } from "./keras-h5.js";
import { readKerasZip } from "./keras-zip.js";
import { type ReadShard, readTfjs } from "./tfjs.js";

export { instead } from "./keras-config.js";
export type { ReadShard } from "./tfjs.js";

/**
 * Reads a model that Keras 3 saved as `.keras`. Images go into the graph as [N, H, W, C], as Keras has them, and values bear the
 * names of the layers, `outer/inner` in models inside the model.
 * @param where what errors begin with
 * @throws FoveaError `bad-file`, `shape-mismatch`, `unsupported-operator` for layers that only Python can run
 */
export async function graphOfKerasZip(bytes: Uint8Array, where: string): Promise<Graph> {
  return kerasGraph(await readKerasZip(bytes, where));
}

/** The same for a whole model that Keras 2 or 3 saved as `.h5`. */
export async function graphOfKerasH5(bytes: Uint8Array, where: string): Promise<Graph> {
  return kerasGraph(await readKerasH5(bytes, where));
}

/** The same for a TensorFlow.js layers model. @param json the text of model.json @param readShard reads files beside it */
export function graphOfTfjs(json: string, readShard: ReadShard, where: string): Graph {
  return kerasGraph(readTfjs(json, readShard, where));
}
