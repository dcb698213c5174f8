/** @file `fovea localise`: whether a model's maps find the objects of photos with boxes. */

import { Command } from "commander";
import type { Photo, PhotoDataset } from "../../data/photos/photo.js";
import { type Localisation, summariseLocalisation } from "../../evaluate/studies/localisation.js";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import { layerSize } from "../../model/layers/layer.js";
import { assumptions } from "../explain/read-input.js";
import { photosAt, tellSkipped } from "../inputs/datasets.js";
import { modelAt, modelLine } from "../inputs/models.js";
import { type LocalisedPhoto, localisePhotos, modelClasses } from "../localise/localise-photos.js";
import { printLocalisation } from "../localise/print-localisation.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  numberFrom,
  wholeNumber,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "../options/model-options.js";
import { photosOf } from "../photos/evaluate-photos.js";
import { exitCodes, note, print, printJson, progressBar, runCommand } from "../terminal/console.js";

interface LocaliseCommandOptions extends ModelOptions, LayerFlags {
  readonly method: string;
  readonly class: readonly string[];
  readonly split?: string;
  readonly seed: string;
  readonly tolerance: string;
  readonly batch: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

const help = `
Explains the true class of every photo and asks whether the map lies on the boxes: does its maximum (the pointing game), and how
much of its sum (the energy). Two maps that know nothing of the photo are measured beside it: a Gaussian around the centre, and
the expected value of a random one; both over what the network saw. Intervals are of 95%, over photos.

Examples:
  fovea localise pets.onnx ./photos
  fovea localise resnet50.onnx ./kangaroos --class kangaroo=wallaby --split all --jsonl > photos.jsonl`;

export function localiseCommand(): Command {
  const collect = (value: string, previous: string[]) => [...previous, value];
  const command = new Command("localise")
    .description("Measure whether maps find the objects of photos with boxes, next to maps that know nothing.")
    .argument("<model>", "an ONNX or Keras file")
    .argument("<data>", "a folder of photos, or a list of them (.csv, .json), with boxes")
    .option(
      "--class <photos=model>",
      "which class of the model the photos' class is; may be given several times",
      collect,
      [],
    )
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option("--tolerance <pixels>", "how far from a box the maximum may lie, in the photo's pixels", "0")
    .option("--batch <n>", "photos per run", wholeNumber("--batch", 1), 8)
    .option("--json", "print everything as JSON")
    .option("--jsonl", "print a line of JSON for each photo as it comes, and the summary as the last one");
  return withModelOptions(withLayerOptions(withMethodOption(command)))
    .addHelpText("after", help)
    .action((path: string, data: string, options: LocaliseCommandOptions) =>
      runCommand(() => localise(path, data, options)),
    );
}

async function localise(path: string, data: string, options: LocaliseCommandOptions): Promise<number> {
  const { method, batch, seed, json, jsonl } = options;
  const tolerance = numberFrom("--tolerance", options.tolerance);
  if (tolerance < 0) throw new FoveaError("bad-input", `--tolerance: expected 0 or more pixels, got ${tolerance}`);
  const named = await modelAt(path, await loadOptions(options));
  const { model } = named;
  const dataset = await photosAt(data, { seed, single: options.split === "all" });
  const indices = modelClasses(model, dataset, options.class);
  const { photos: all, split } = photosOf(dataset, options.split);
  const photos = all.filter(({ boxes, label }) => boxes && indices[label] !== undefined);
  if (photos.length === 0) throw nothingToMeasure(dataset, all, indices);
  const explainer = await model.explainer({ method, ...layerOptions(options) });

  const groups = dataset.classes.map((): Localisation[] => []);
  const described: unknown[] = [];
  const failed: { path: string; reason: string }[] = [];
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  const bar = progressBar("localising [{bar}] {value}/{total} photos, {eta_formatted} left", photos.length);
  let done = 0;
  process.once("SIGINT", interrupt);
  try {
    for await (const result of localisePhotos({ ...explainer, model }, photos, indices, { batch, tolerance })) {
      bar.update(++done);
      if ("reason" in result) failed.push(result);
      else groups[result.photo.label]?.push(result.measures);
      const line = "reason" in result ? result : describe(result);
      if (jsonl) bar.print(JSON.stringify(line));
      else if (json && !("reason" in result)) described.push(line);
      if (interrupted) break;
    }
  } finally {
    process.off("SIGINT", interrupt);
    bar.stop();
    await explainer.close();
  }

  const measured = groups.flat();
  const skipped = [...dataset.skipped, ...failed];
  if (measured.length > 0) tell();
  tellSkipped(skipped, dataset.photos.length + dataset.skipped.length);
  tellLeftOut();
  if (interrupted) {
    note(`fovea: stopped after ${done} of ${photos.length} photos`);
    return exitCodes.interrupted;
  }
  if (measured.length === 0) return exitCodes.badInput;
  return skipped.length > 0 ? exitCodes.partly : exitCodes.done;

  function describe({ photo, explained, predicted, probability, measures }: LocalisedPhoto) {
    const [label, explainedClass, predictedClass] = [
      dataset.classes[photo.label],
      className(model, explained),
      className(model, predicted),
    ];
    return { path: photo.path, label, explained: explainedClass, predicted: predictedClass, probability, ...measures };
  }

  function tell(): void {
    const classes = groups.flatMap((group, k) =>
      group.length > 0 ? [{ name: dataset.classes[k] as string, ...summariseLocalisation(group) }] : [],
    );
    const overall = summariseLocalisation(measured);
    const made = { method, layer: explainer.layer.name, tolerance };
    const head = { model: named.path, data: dataset.source, split, ...made, classes, overall };
    if (jsonl) print(JSON.stringify({ summary: { ...head, skipped } }));
    else if (json) printJson({ ...head, photos: described, skipped });
    else {
      print(modelLine(named));
      print(`${method} at layer ${explainer.layer.name} (${layerSize(explainer.layer)})`);
      const part = split === "all" ? "" : `the ${split} split's `;
      print(`on ${part}${count(measured.length)} photos with boxes of ${dataset.name}: ${dataset.source}`);
      for (const each of assumptions(model)) print(each);
      printLocalisation(method, classes, overall, tolerance);
    }
  }

  function tellLeftOut(): void {
    const without = all.filter(({ boxes }) => !boxes).length;
    if (without > 0) note(`${count(without)} photos left out: they have no box`);
    const unknown = unknownClasses(dataset, indices);
    if (unknown.length > 0) note(`photos of ${unknown.join(", ")} left out: ${noClass(unknown)}`);
  }
}

function unknownClasses({ classes }: PhotoDataset, indices: readonly (number | undefined)[]): string[] {
  return classes.filter((_, k) => indices[k] === undefined);
}

const noClass = ([first]: readonly string[]) =>
  `the model has no class of that name (--class "${first}=..." tells which one it is)`;

function nothingToMeasure(
  dataset: PhotoDataset,
  photos: readonly Photo[],
  indices: readonly (number | undefined)[],
): FoveaError {
  const boxed = photos.some(({ boxes }) => boxes);
  const unknown = unknownClasses(dataset, indices);
  const got = boxed ? `photos of ${unknown.slice(0, 5).join(", ")}: ${noClass(unknown)}` : "photos without";
  return new FoveaError(
    "bad-input",
    `${dataset.name}: boxes: expected photos with boxes of the model's classes, got ${got}`,
  );
}
