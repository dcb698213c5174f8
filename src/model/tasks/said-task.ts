/** @file What a file's metadata say that it is for. */

import type { Graph } from "../../onnx/graph.js";
import type { TaskName } from "./found-task.js";

/** Keys of metadata that tell a task, the surest first: Fovea's own, Ultralytics', that of the Hugging Face hub. */
const keys = ["fovea.task", "task", "pipeline_tag"];

/** What tools call tasks (docs.ultralytics.com/tasks, huggingface.co/tasks), without dashes and the like. */
const names: Readonly<Record<string, TaskName>> = {
  classify: "classification",
  classification: "classification",
  imageclassification: "classification",
  multilabel: "multi-label",
  multilabelclassification: "multi-label",
  detect: "detection",
  detection: "detection",
  objectdetection: "detection",
  segment: "detection",
  instancesegmentation: "detection",
  pose: "detection",
  obb: "detection",
  segmentation: "segmentation",
  semanticsegmentation: "segmentation",
  imagesegmentation: "segmentation",
  map: "map",
  depthestimation: "map",
  anomalydetection: "map",
  regression: "regression",
  embedding: "embedding",
  imagefeatureextraction: "embedding",
  imagetext: "image-text",
  zeroshotimageclassification: "image-text",
};

/** The task that metadata tell; undefined where they tell none that there is. */
export function saidTask({ metadata }: Pick<Graph, "metadata">): TaskName | undefined {
  const texts = new Map([...metadata].map(([key, text]) => [key.toLowerCase(), text]));
  for (const key of keys) {
    const plain = (texts.get(key) ?? "").toLowerCase().replaceAll(/[^a-z]/g, "");
    if (Object.hasOwn(names, plain)) return names[plain];
  }
  return undefined;
}
