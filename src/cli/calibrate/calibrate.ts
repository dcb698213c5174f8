/** @file Fits a model's temperature on validation images, and writes the model with it in its metadata. */

import type { Calibration } from "../../evaluate/classifier/calibration.js";
import { evaluateClassifier } from "../../evaluate/classifier/evaluate-classifier.js";
import type { ClassifierOutput } from "../../evaluate/classifier/predictions.js";
import { atTemperature, fitTemperature, logarithms } from "../../evaluate/classifier/temperature.js";
import { loadedModel } from "../../explain/loaded-model.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { isSameFile } from "../../files/own-folder.js";
import { FoveaError } from "../../foundation/error.js";
import { count, percent } from "../../foundation/words.js";
import type { Model } from "../../model/model.js";
import { writeModel } from "../../onnx/write.js";
import { failPhotos, isPath } from "../inputs/datasets.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { loadOptions, type ModelOptions } from "../options/model-options.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { calibratedGraph } from "./calibrated-graph.js";
import { type CalibrationImages, imagesOfDataset, imagesOfPhotos } from "./calibration-images.js";

export interface CalibrateFlags extends ModelOptions {
  readonly out: string;
  readonly split?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** @returns the exit code */
export async function calibrate(job: Job, path: string, data: string, flags: CalibrateFlags): Promise<number> {
  const { out } = flags;
  if (isSameFile(path, out))
    throw new FoveaError("bad-input", `--out: expected another file than the model, got ${out}`);
  const named = uncalibrated(await modelAt(job, path, await loadOptions(flags)));
  checkSoftmax(named);
  const images = await (isPath(data) ? imagesOfPhotos : imagesOfDataset)(job, named, data, flags);
  const { fitted, held } = images;
  const temperature = fitTemperature({
    scores: logarithms(fitted.probabilities),
    classes: fitted.classes.length,
    labels: fitted.labels,
  });
  const changes = [fitted, held].map((part) => part && changeOf(part, temperature));
  const calibration = { temperature, data: images.data, fittedOn: images.fittedOn, images: fitted.labels.length };
  await writeFileAtomically(out, writeModel(await calibratedGraph(named.file, named.model, calibration)));
  const [onFitted, onHeld] = changes;
  if (job.format === "json") printJson({ model: out, ...calibration, fitted: onFitted, held: onHeld });
  else printCalibration(images, temperature, changes, out);
  return job.end(failPhotos(job, images.skipped, images.total));
}

/** A temperature that was fitted before does not count. */
function uncalibrated(named: NamedModel): NamedModel {
  const { temperature, ...card } = named.model.card;
  if (temperature === undefined) return named;
  note(`${named.name}: its temperature of ${Number(temperature.toPrecision(4))} is fitted anew`);
  const { platform, explaining, ...model } = named.model;
  return { ...named, model: loadedModel({ ...model, card }, platform, named.path) };
}

/** @throws FoveaError `bad-input` for probabilities that no softmax makes of the scores */
function checkSoftmax({ name, model }: { readonly name: string; readonly model: Model }): void {
  const isSoftmax = model.probabilities === undefined && (model.ending !== "sigmoid" || model.oneScore);
  if (isSoftmax) return;
  const got = model.probabilities === undefined ? "a sigmoid for each class" : "probabilities that are made otherwise";
  throw new FoveaError("bad-input", `${name}: expected a model whose scores go through a softmax, got ${got}`);
}

interface CalibrationChange {
  readonly before: Calibration;
  readonly after: Calibration;
}

function changeOf(output: ClassifierOutput, temperature: number): CalibrationChange {
  const scaled = atTemperature(output.probabilities, output.classes.length, temperature);
  const after = evaluateClassifier({ ...output, probabilities: scaled });
  return { before: evaluateClassifier(output).calibration, after: after.calibration };
}

function printCalibration(
  { data, fittedOn, measuredOn, fitted, held }: CalibrationImages,
  temperature: number,
  [onFitted, onHeld]: readonly (CalibrationChange | undefined)[],
  out: string,
): void {
  const direction = temperature > 1 ? "it was too sure" : "it was less sure than it could be";
  print(`temperature  ${temperature.toPrecision(4)}: ${direction}`);
  const line = (where: string, images: number, { before, after }: CalibrationChange) => {
    const [errors, losses] = [
      [before, after].map((each) => percent(each.expectedCalibrationError)).join(" -> "),
      [before, after].map((each) => each.negativeLogLikelihood.toPrecision(3)).join(" -> "),
    ];
    print(`${where}, ${count(images)} images of ${data}: calibration error ${errors}, log loss ${losses}`);
  };
  if (onFitted) line(`fitted on ${fittedOn}`, fitted.labels.length, onFitted);
  if (onHeld && held) line(`measured on ${measuredOn}`, held.labels.length, onHeld);
  print(`wrote ${out}`);
  note("Predictions and maps are the same; Fovea shows probabilities at this temperature, other programs do not.");
}
