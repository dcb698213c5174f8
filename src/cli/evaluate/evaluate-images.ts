/** @file Measures a model on the test images of a dataset. */

import type { Dataset } from "../../data/dataset.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { floats } from "../../onnx/tensor.js";
import { checkClasses, type NamedModel, prepareImages } from "../inputs/models.js";

const batchSize = 256;

/** @throws FoveaError `bad-input` where the dataset's classes are not the model's */
export async function evaluateImages(named: NamedModel, dataset: Dataset): Promise<Evaluation> {
  checkClasses(named, dataset.classes, dataset.name);
  const classifier = named.model.classifier();
  const { test, classes } = dataset;
  const probabilities = new Float32Array(test.count * classes.length);
  for (let first = 0; first < test.count; first += batchSize) {
    const input = await prepareImages(named, test, first, Math.min(batchSize, test.count - first));
    probabilities.set(floats(await classifier.classify(input)), first * classes.length);
  }
  await classifier.close();
  return evaluateClassifier({ probabilities, labels: test.labels, classes });
}
