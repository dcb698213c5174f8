/** @file Measures a model on the test images of a dataset. */

import type { Dataset, LabelledImages } from "../../data/dataset.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { floats } from "../../onnx/tensor.js";
import { checkClasses, type NamedModel, prepareImages } from "../inputs/models.js";

const batchSize = 256;

/** @throws FoveaError `bad-input` where the dataset's classes are not the model's */
export async function evaluateImages(named: NamedModel, dataset: Dataset): Promise<Evaluation> {
  checkClasses(named, dataset.classes, dataset.name);
  const { test, classes } = dataset;
  const probabilities = await classifyImages(named, test, classes.length);
  return evaluateClassifier({ probabilities, labels: test.labels, classes });
}

/** Class probabilities [count, classes] of images in memory. */
export async function classifyImages(
  named: NamedModel,
  images: LabelledImages,
  classes: number,
): Promise<Float32Array<ArrayBuffer>> {
  const classifier = named.model.classifier();
  const probabilities = new Float32Array(images.count * classes);
  for (let first = 0; first < images.count; first += batchSize) {
    const input = await prepareImages(named, images, first, Math.min(batchSize, images.count - first));
    probabilities.set(floats(await classifier.classify(input)), first * classes);
  }
  await classifier.close();
  return probabilities;
}
