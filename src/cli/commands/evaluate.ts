/** @file `fovea evaluate`: measure a model on a data set's test images, or on photos. */

import { Command } from "commander";
import type { Dataset } from "../../data/dataset.js";
import { type Evaluation, evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import { count, percent } from "../../foundation/words.js";
import { floats } from "../../onnx/tensor.js";
import { assumptions } from "../explain/read-input.js";
import { datasetNamed, isPath, photosAt, tellSkipped } from "../inputs/datasets.js";
import { checkClasses, modelAt, modelLine, type NamedModel, prepareImages } from "../inputs/models.js";
import { loadOptions, type ModelOptions, withModelOptions } from "../options/model-options.js";
import { evaluatePhotos, photosOf } from "../photos/evaluate-photos.js";
import { exitCodes, print, printJson, runCommand, table } from "../terminal/console.js";

const batchSize = 256;

interface EvaluateOptions extends ModelOptions {
  readonly split?: string;
  readonly seed: string;
  readonly errors: number;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description(
      "Measure a model on the test images of a data set: accuracy, per-class scores, confusion, calibration, errors.",
    )
    .argument("<model>", "an ONNX or Keras file")
    .argument("<data>", "mnist, fashion-mnist or digits; a folder of photos, or a list of them (.csv, .json)")
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option("--errors <n>", "how many errors to list, most confident first", Number, 10)
    .option("--json", "print everything as JSON");
  return withModelOptions(command)
    .addHelpText(
      "after",
      "\nExamples:\n  fovea evaluate m.onnx mnist\n  fovea evaluate m.onnx mnist --json > evaluation.json\n  fovea evaluate pets.onnx ./photos --split all",
    )
    .action((path: string, name: string, options: EvaluateOptions) =>
      runCommand(async () => {
        const named = await modelAt(path, await loadOptions(options));
        return isPath(name) ? onPhotos(named, name, options) : onImages(named, name, options);
      }),
    );
}

async function onImages(named: NamedModel, name: string, options: EvaluateOptions): Promise<number> {
  const dataset = await datasetNamed(name);
  const evaluation = await evaluateOn(named, dataset);
  if (options.json) printJson({ model: named.path, data: dataset.source, ...evaluation });
  else {
    const heading = `${count(evaluation.count)} test images of ${dataset.name}: ${dataset.source}`;
    printEvaluation(named, heading, evaluation, { errors: options.errors });
  }
  return exitCodes.done;
}

async function onPhotos(named: NamedModel, name: string, options: EvaluateOptions): Promise<number> {
  const { seed, errors, json } = options;
  const dataset = await photosAt(name, { seed, single: options.split === "all" });
  const { photos: wanted, split } = photosOf(dataset, options.split);
  const { evaluation, photos, failed } = await evaluatePhotos(named, dataset, wanted);
  const skipped = [...dataset.skipped, ...failed];
  const pathOf = (index: number) => (photos[index] as (typeof photos)[number]).path;
  if (json) {
    const found = { ...evaluation, errors: evaluation.errors.map((each) => ({ path: pathOf(each.index), ...each })) };
    printJson({ model: named.path, data: dataset.source, split, ...found, skipped });
  } else {
    const part = split === "all" ? "all" : `the ${split} split's`;
    const heading = `${part} ${count(evaluation.count)} photos of ${dataset.name}: ${dataset.source}`;
    printEvaluation(named, heading, evaluation, { errors, notes: assumptions(named.model), pathOf });
  }
  tellSkipped(skipped, dataset.photos.length + dataset.skipped.length);
  return skipped.length > 0 ? exitCodes.partly : exitCodes.done;
}

/** Class probabilities of all test images, measured. */
export async function evaluateOn(named: NamedModel, dataset: Dataset): Promise<Evaluation> {
  checkClasses(named, dataset.classes, dataset.name);
  const classifier = named.model.classifier();
  const { test, classes } = dataset;
  const probabilities = new Float32Array(test.count * classes.length);
  for (let first = 0; first < test.count; first += batchSize) {
    const count = Math.min(batchSize, test.count - first);
    const input = await prepareImages(named, test, first, count);
    probabilities.set(floats(await classifier.classify(input)), first * classes.length);
  }
  await classifier.close();
  return evaluateClassifier({ probabilities, labels: test.labels, classes });
}

interface PrintOptions {
  /** How many errors to list. */
  readonly errors: number;
  /** What was assumed of the model, in words. Default nothing. */
  readonly notes?: readonly string[];
  /** What an image is called in the list of errors. Default its index. */
  readonly pathOf?: (index: number) => string | number;
}

/** Wider than this a confusion matrix says nothing on a screen. */
const widestMatrix = 20;

function printEvaluation(
  { name, model }: NamedModel,
  heading: string,
  evaluation: Evaluation,
  { errors, notes = [], pathOf = (index) => index }: PrintOptions,
): void {
  const { accuracy, correct, macro, calibration, classes } = evaluation;
  // Of a model's thousand classes only those that come up.
  const perClass = evaluation.perClass.filter(({ support, predicted }) => support + predicted > 0);
  const shownClasses = classes.flatMap((_, i) => (perClass.includes(evaluation.perClass[i] as never) ? [i] : []));
  print(modelLine({ name, model }));
  print(`on ${heading}`);
  for (const each of notes) print(each);
  print();
  print(
    `accuracy   ${percent(accuracy.value)}  (95% interval ${percent(accuracy.low)} to ${percent(accuracy.high)}; ${count(evaluation.count - correct)} errors)`,
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
  if (shownClasses.length > widestMatrix) print(`confusion: ${shownClasses.length} classes, see --json`);
  else {
    print("confusion (rows true, columns predicted)");
    const row = (i: number) => shownClasses.map((k) => evaluation.confusion[i]?.[k] as number);
    print(
      table(
        ["", ...shownClasses.map((k) => classes[k] as string)],
        shownClasses.map((i) => [classes[i] as string, ...row(i)]),
      ),
    );
  }
  if (evaluation.errors.length === 0 || errors <= 0) return;
  print();
  const shown = evaluation.errors.slice(0, errors);
  print(`errors, most confident first (${shown.length} of ${evaluation.errors.length})`);
  const rows = shown.map((e) => [
    pathOf(e.index),
    classes[e.label] as string,
    classes[e.predicted] as string,
    percent(e.confidence),
    percent(e.probabilityOfTruth),
  ]);
  print(table(["image", "true", "predicted", "confidence", "probability of truth"], rows));
}
