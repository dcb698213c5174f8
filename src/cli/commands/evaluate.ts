/** @file `fovea evaluate`: measure a model on a data set's test images. */

import { Command } from "commander";
import type { Dataset } from "../../data/index.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/index.js";
import { classifier as openClassifier } from "../../node.js";
import { floats } from "../../onnx/index.js";
import { grouped, percent, print, printJson, runCommand, table } from "../console.js";
import { datasetNamed } from "../datasets.js";
import { checkClasses, modelAt, modelLine, type NamedModel, prepareImages } from "../models.js";

const batchSize = 256;

export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description(
      "Measure a model on the test images of a data set: accuracy, per-class scores, confusion, calibration, errors.",
    )
    .argument("<model>", "an ONNX or Keras file")
    .argument("<data>", "mnist, fashion-mnist or digits")
    .option("--errors <n>", "how many errors to list, most confident first", Number, 10)
    .option("--json", "print everything as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fovea evaluate m.onnx mnist\n  fovea evaluate m.onnx mnist --json > evaluation.json",
    )
    .action((path: string, name: string, options: { errors: number; json?: boolean }) =>
      runCommand(async () => {
        const named = await modelAt(path);
        const dataset = await datasetNamed(name);
        const evaluation = await evaluateOn(named, dataset);
        if (options.json) printJson({ model: path, data: dataset.source, ...evaluation });
        else printEvaluation(named, dataset, evaluation, options.errors);
      }),
    );
}

/** Class probabilities of all test images, measured. */
export async function evaluateOn(named: NamedModel, dataset: Dataset): Promise<Evaluation> {
  checkClasses(named, dataset.classes, dataset.name);
  const classifier = openClassifier(named.model);
  const { test, classes } = dataset;
  const probabilities = new Float32Array(test.count * classes.length);
  for (let first = 0; first < test.count; first += batchSize) {
    const count = Math.min(batchSize, test.count - first);
    const input = await prepareImages(classifier, test, first, count);
    probabilities.set(floats(await classifier.classify(input)), first * classes.length);
  }
  await classifier.close();
  return evaluateClassifier({ probabilities, labels: test.labels, classes });
}

function printEvaluation({ name, model }: NamedModel, dataset: Dataset, evaluation: Evaluation, errors: number): void {
  const { accuracy, correct, count, perClass, macro, calibration, classes } = evaluation;
  print(modelLine({ name, model }));
  print(`on ${grouped(count)} test images of ${dataset.name}: ${dataset.source}`);
  print();
  print(
    `accuracy   ${percent(accuracy.value)}  (95% interval ${percent(accuracy.low)} to ${percent(accuracy.high)}; ${grouped(count - correct)} errors)`,
  );
  print(`macro F1   ${percent(macro.f1)}`);
  print(`calibration error (ECE, 15 bins)  ${percent(calibration.expectedCalibrationError)}`);
  print();
  const scores = perClass.map((each) => [
    each.name,
    percent(each.precision),
    percent(each.recall),
    percent(each.f1),
    each.support,
  ]);
  print(table(["class", "precision", "recall", "F1", "images"], scores));
  print();
  print("confusion (rows true, columns predicted)");
  print(
    table(
      ["", ...classes],
      evaluation.confusion.map((row, i) => [classes[i] as string, ...row]),
    ),
  );
  if (evaluation.errors.length === 0 || errors <= 0) return;
  print();
  const shown = evaluation.errors.slice(0, errors);
  print(`errors, most confident first (${shown.length} of ${evaluation.errors.length})`);
  const rows = shown.map((e) => [
    e.index,
    classes[e.label] as string,
    classes[e.predicted] as string,
    percent(e.confidence),
    percent(e.probabilityOfTruth),
  ]);
  print(table(["image", "true", "predicted", "confidence", "probability of truth"], rows));
}
