/** @file `fovea report`: models measured and explained on a data set, as one HTML file. */

import { Command } from "commander";
import { type Photo, reasonOf } from "../../data/photos/photo.js";
import type { ImageExplainer } from "../../explain/loaded-model.js";
import { defaultMethod } from "../../explain/method.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { count, percent } from "../../foundation/words.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { type ReportedData, reportedDataset } from "../../report/collect/report-images.js";
import { type MadeReport, makeReport } from "../../report/make-report.js";
import { datasetNamed, isPath, photosAt, tellSkipped, withBar } from "../inputs/datasets.js";
import { checkClasses, modelAt, type NamedModel, prepareImages } from "../inputs/models.js";
import {
  loadOptions,
  type ModelOptions,
  wholeNumber,
  withMethodOption,
  withModelOptions,
} from "../options/model-options.js";
import { photosOf } from "../photos/evaluate-photos.js";
import { platform } from "../platform.js";
import { fileIdentity, fingerprint, openPartialResults, type PartialResults } from "../report/partial-results.js";
import { reportedPhotos } from "../report/reported-photos.js";
import { exitCodes, note, print, printJson, runCommand } from "../terminal/console.js";

interface ReportCommandOptions extends ModelOptions {
  readonly out: string;
  readonly errors: number;
  readonly title?: string;
  readonly layer: string;
  readonly method: string;
  readonly split?: string;
  readonly seed: string;
  readonly attack?: boolean;
  readonly trust?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  fovea report m.onnx mnist
  fovea report classic.onnx compact.onnx mnist --out report.html
  fovea report pets.onnx ./photos --split all`;

export function reportCommand(): Command {
  const command = new Command("report")
    .description(
      "Measure and explain one or more models on a data set, side by side, and write one self-contained HTML file.",
    )
    .argument(
      "<models-and-data...>",
      "model files, the improved ones after those they improve, and last the data: mnist, fashion-mnist or digits; a folder of photos, or a list of them (.csv, .json)",
    )
    .option("--out <file>", "where to write", "report.html")
    .option("--split <split>", "which photos: train, validation, test or all (default: test, or all without one)")
    .option("--seed <seed>", "what photos without splits are split by", "1")
    .option("--errors <n>", "how many errors of each model to show", wholeNumber("--errors", 0), 48)
    .option("--title <text>", "title of the report")
    .option("--layer <name>", "layer to explain, in every model", "auto")
    .option("--attack", "also attack your models on up to 200 images, which takes longer (see fovea attack)")
    .option("--trust", "also measure on up to 30 images how far the maps can be trusted (see fovea trust)")
    .option("--json", "print the figures as JSON");
  return withModelOptions(withMethodOption(command))
    .addHelpText("after", examples)
    .action((given: string[], options: ReportCommandOptions) => runCommand(() => report(given, options)));
}

async function report(given: readonly string[], options: ReportCommandOptions): Promise<number> {
  const name = given.at(-1) as string;
  const paths = given.slice(0, -1);
  if (paths.length === 0)
    throw new FoveaError("bad-input", `report: expected at least one model and a data set, got only "${name}"`);
  const how = await loadOptions(options);
  const models: NamedModel[] = [];
  for (const path of paths) models.push(await modelAt(path, how));
  const { data, classes, skipped, total, pathOf, keyOf } = isPath(name)
    ? await onPhotos(models, name, options)
    : await onImages(models, name);
  const partial = await openPartialResults(`${options.out}.partial`);
  const made = await withBar("explaining", (onProgress) =>
    makeReport(models, data, {
      platform,
      date: new Date().toISOString().slice(0, 10),
      title: options.title,
      errors: options.errors,
      layer: options.layer,
      method: options.method,
      attack: options.attack ?? false,
      trust: options.trust ?? false,
      classes,
      storeFor: keyOf && storesIn(partial, data, options, keyOf),
      commands: [commandLine(given, options)],
      onProgress,
    }),
  );
  await writeFileAtomically(options.out, new TextEncoder().encode(made.html));
  await partial.remove();
  const failed = made.failed.map(({ index, error }) => {
    const path = pathOf(index);
    return { path, reason: reasonOf(path, error) };
  });
  const missing = [...skipped, ...failed];
  tell(made, data, options, missing);
  tellSkipped(missing, total);
  return missing.length > 0 ? exitCodes.partly : exitCodes.done;
}

interface Subject {
  readonly data: ReportedData;
  readonly classes?: readonly (readonly number[])[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly total: number;
  /** What an image is called where it is missed. */
  readonly pathOf: (index: number) => string;
  /** What tells an image from others; left out where images are not worth keeping results of. */
  readonly keyOf?: (index: number) => string | undefined;
}

async function onImages(models: readonly NamedModel[], name: string): Promise<Subject> {
  const dataset = await datasetNamed(name);
  for (const model of models) checkClasses(model, dataset.classes, dataset.name);
  const pathOf = (index: number) => `image ${index}`;
  return { data: reportedDataset(dataset, prepareImages), skipped: [], total: dataset.test.count, pathOf };
}

async function onPhotos(models: readonly NamedModel[], name: string, options: ReportCommandOptions): Promise<Subject> {
  const { seed, split } = options;
  const dataset = await photosAt(name, { seed, single: split === "all" });
  const { skipped } = dataset;
  const chosen = photosOf(dataset, split);
  return {
    ...reportedPhotos(models, dataset, chosen),
    skipped,
    total: dataset.photos.length + skipped.length,
    pathOf: (index) => (chosen.photos[index] as Photo).path,
    keyOf: (index) => fileIdentity((chosen.photos[index] as Photo).path),
  };
}

/** For each model the place where its results are kept; says what an interrupted report left there. */
function storesIn(
  partial: PartialResults,
  { images }: ReportedData,
  options: ReportCommandOptions,
  keyOf: (index: number) => string | undefined,
) {
  return ({ name, path, model }: NamedModel, { layer, method }: ImageExplainer) => {
    const { labels, input, output } = options;
    const { preprocessing } = preprocessingOf(model);
    const made = [
      platform.versions[0]?.version,
      fileIdentity(path),
      preprocessing,
      labels,
      input,
      output,
      layer.name,
      method.name,
    ];
    const own = fingerprint(...made);
    const keys = Array.from({ length: images.count }, (_, index) => {
      const identity = keyOf(index);
      return identity && fingerprint(own, identity, index, images.boxesOf(index));
    });
    const store = partial.store(keys);
    const known = keys.filter((_, index) => store.get(index)).length;
    if (known > 0) note(`${name}: ${known} of ${images.count} photos were explained before; going on`);
    return store;
  };
}

function tell({ data }: MadeReport, { source }: ReportedData, { out, json }: ReportCommandOptions, skipped: unknown[]) {
  if (json) {
    const models = data.models.map(({ name: model, evaluation, errors = [], bias, robustness, trust }) => ({
      ...{ model, evaluation },
      ...(bias ? { evidence: bias.regions, hiding: bias.hiding } : {}),
      doubtfulLabels: errors.flatMap(({ index, name, doubtful }) => (doubtful ? [{ index, path: name }] : [])),
      ...(robustness ? { robustness: robustness.levels } : {}),
      ...(trust ? { trust: trust.summary } : {}),
    }));
    printJson({ report: out, data: source, models, ...(skipped.length > 0 ? { skipped } : {}) });
    return;
  }
  print(`data: ${source}`);
  for (const { name, evaluation } of data.models)
    print(`${name}: ${percent(evaluation.accuracy.value)} of ${count(evaluation.count)} right`);
  print(`wrote ${out}`);
  note("Open it in a browser.");
}

/** The command that makes the same report. */
function commandLine(given: readonly string[], options: ReportCommandOptions): string {
  const { out, attack, split, seed, layer, method, labels, size, crop, mean, std, scale, channels, output } = options;
  const values = { labels, size, crop, mean, std, scale, channels, output, split };
  const flags = [
    ...Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${value}`])),
    ...(seed === "1" ? [] : [`--seed ${seed}`]),
    ...(layer === "auto" ? [] : [`--layer ${layer}`]),
    ...(method === defaultMethod ? [] : [`--method ${method}`]),
    ...(attack ? ["--attack"] : []),
  ];
  return ["fovea report", ...given, ...flags, "--out", out].join(" ");
}
