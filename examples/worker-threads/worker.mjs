/** @file A worker thread with a model of its own, which computes with one thread. */

import { parentPort, workerData } from "node:worker_threads";
import { createNodeRuntime, loadModel } from "fovea";

const model = await loadModel(workerData.model, { runtime: createNodeRuntime({ threads: 1 }) });
const explainer = await model.explainer();
for await (const { source, explanation, error } of explainer.explainAll(workerData.photos)) {
  if (error) parentPort.postMessage({ error: error.message });
  else parentPort.postMessage({ source, label: explanation.at(0).predicted.label, map: explanation.at(0).map() });
}
await explainer.close();
