/** @file `fovea trust`: how far a method's maps of a model can be trusted. */

import { Command } from "commander";
import { metrics as allMetrics, metricNamed } from "../../evaluate/metrics/index.js";
import type { TrustMeasurement } from "../../evaluate/studies/trust-measurement.js";
import { createTrustStudy } from "../../evaluate/studies/trust-study.js";
import { summariseTrust } from "../../evaluate/studies/trust-summary.js";
import { defaultMethod } from "../../explain/method.js";
import { methods as allMethods } from "../../explain/methods/index.js";
import { shapesModelPath } from "../../explain/node.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import { className } from "../../model/class-names.js";
import { describeLayer } from "../../model/layers/layer.js";
import { modelAt, modelLine, type NamedModel } from "../inputs/models.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  wholeNumber,
  withLayerOptions,
  withModelOptions,
} from "../options/model-options.js";
import { runtime } from "../platform.js";
import { exitCodes, note, print, printJson, progressBar, runCommand } from "../terminal/console.js";
import { type MeasuredTrust, measureTrust } from "../trust/measure-trust.js";
import { printSanity } from "../trust/print-sanity.js";
import { printTrust } from "../trust/print-trust.js";
import { sanityOf } from "../trust/sanity-of.js";
import { trustImages } from "../trust/trust-images.js";
import { classChoice } from "./explain.js";

interface TrustCommandOptions extends ModelOptions, LayerFlags {
  readonly groundTruth?: boolean;
  readonly methods: string;
  readonly metrics: string;
  readonly sanity?: boolean;
  readonly class: readonly string[];
  readonly data?: string;
  readonly split?: string;
  readonly count: number;
  readonly seed: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

const help = `
The maps of each method are measured next to three that know nothing: random ones of the same size, a Gaussian around the
centre, and one that is the same everywhere. Metrics: ${allMetrics.map(({ name }) => name).join(", ")}.
Pointing games and boxes need images of which it is known where the object is: photos with boxes (--data), or the drawn shapes
(--ground-truth). Of these their own class is explained, of other images the predicted one.

Examples:
  fovea trust digits.onnx mnist --methods grad-cam,eigen-cam --count 100
  fovea trust resnet50.onnx photos --methods grad-cam --metrics deletion,insertion --json > trust.json
  fovea trust --ground-truth --methods all --count 200
  fovea trust resnet50.onnx --data ./kangaroos --class kangaroo=wallaby --split all`;

export function trustCommand(): Command {
  const collect = (value: string, previous: string[]) => [...previous, value];
  const command = new Command("trust")
    .description(
      "Measure how far maps can be trusted: faithfulness, localisation, steadiness, next to maps that know nothing.",
    )
    .argument("[model]", "an ONNX or Keras file")
    .argument(
      "[images...]",
      "image files, folders of them or quoted patterns; .npy arrays; or mnist, fashion-mnist, digits or shapes",
    )
    .option(
      "--ground-truth",
      "measure methods on a small network of our own, of which it is known where the evidence lies",
    )
    .option("--methods <names>", "methods, separated by commas, or all", defaultMethod)
    .option("--metrics <names>", "metrics, separated by commas, or all", "all")
    .option("--sanity", "also replace the weights by noise and see whether the maps change")
    .option(
      "--class <class>",
      "explain this class, a label or an index; with --data PHOTOS=MODEL, several times",
      collect,
      [],
    )
    .option("--data <data>", "photos with boxes: a folder, or a list of them (.csv, .json)")
    .option("--split <split>", "of --data: train, validation, test or all (default: test, or all without one)")
    .option("--count <n>", "at most so many images", wholeNumber("--count", 1), 50)
    .option("--seed <seed>", "of all that is drawn", "1")
    .option("--json", "print everything as JSON, the numbers of each image too")
    .option("--jsonl", "print a line of JSON for each image as it comes, and the summary as the last one");
  return withModelOptions(withLayerOptions(command))
    .addHelpText("after", help)
    .action((path: string | undefined, given: string[], options: TrustCommandOptions) =>
      runCommand(() => trust(path, given, options)),
    );
}

/** How many images the maps of randomised networks are compared on. */
const sanityImages = 20;

async function trust(
  model: string | undefined,
  inputs: readonly string[],
  options: TrustCommandOptions,
): Promise<number> {
  const { path, given } = whatIsMeasured(model, inputs, options);
  const metrics = options.metrics === "all" ? allMetrics : listed(options.metrics).map(metricNamed);
  const named = await modelAt(path, await loadOptions(options));
  const images = await trustImages(named, given, { ...options, classes: options.class });
  const { methods, left } = await openMethods(named, options);
  const study = await createTrustStudy(named.model, { runtime, methods, metrics, seed: options.seed });
  const bar = progressBar("measuring [{bar}] {value}/{total}, {eta_formatted} left", images.total);
  let result: MeasuredTrust;
  try {
    const onImage = (measured: TrustMeasurement) => {
      if (options.jsonl) bar.print(JSON.stringify(described(measured)));
    };
    const keep = options.sanity ? sanityImages : 0;
    result = await measureTrust(study, images, { target: targetOf(named, options), keep, bar, onImage });
  } finally {
    bar.stop();
    await study.close();
    for (const method of methods) await method.close();
  }
  const { measurements, failures, failed, interrupted, kept } = result;
  const compared = methods.flatMap(({ method }) => (failed.has(method.name) ? [] : [method]));
  const sanity =
    kept.length > 0 && !interrupted ? await sanityOf(named, kept, compared, layerOptions(options)) : undefined;
  if (measurements.length > 0) tell();
  for (const failure of failures) note(`fovea: ${failure}`);
  for (const [method, reason] of failed) note(`fovea: ${method}: ${reason}`);
  if (failures.length > 0) note(`fovea: ${failures.length} of ${images.total} inputs failed`);
  if (interrupted) {
    note(`fovea: stopped after ${measurements.length} images`);
    return exitCodes.interrupted;
  }
  if (measurements.length === 0) return exitCodes.badInput;
  return failures.length + failed.size > 0 ? exitCodes.partly : exitCodes.done;

  function described({ target, ...rest }: TrustMeasurement) {
    return { ...rest, target, label: className(named.model, target) };
  }

  function tell(): void {
    const summary = summariseTrust(measurements, { metrics, sources: study.sources() });
    const layers = Object.fromEntries(methods.map(({ method, layer }) => [method.name, layer.name]));
    if (options.json || options.jsonl) {
      const about = metrics.map(({ measure: _, ...rest }) => rest);
      const made = { seed: options.seed, layers, leftOut: left, metrics: about };
      const found = { summary, ...(sanity ? { sanity } : {}), failures };
      const head = { model: named.path, data: images.source, ...made, ...found };
      if (options.jsonl) print(JSON.stringify(head));
      else printJson({ ...head, images: measurements.map(described) });
      return;
    }
    print(modelLine(named));
    print(`on ${images.source}`);
    for (const assumed of images.assumed) print(`  ${assumed}`);
    for (const { method, layer } of methods)
      print(`  ${method.title} at layer ${layer.name} (${describeLayer(layer)})`);
    for (const reason of left) print(`  left out: ${reason}`);
    print();
    printTrust(summary, metrics, process.stdout.columns ?? Number.POSITIVE_INFINITY);
    if (sanity === undefined) return;
    print();
    printSanity(sanity, kept.length);
  }
}

/** The model and its images: those given, or the drawn shapes and the network that was trained on them. */
function whatIsMeasured(path: string | undefined, given: readonly string[], { groundTruth }: TrustCommandOptions) {
  if (path !== undefined && groundTruth)
    throw new FoveaError("bad-input", `--ground-truth: expected no model and no images besides, got ${path}`);
  if (groundTruth) return { path: shapesModelPath, given: ["shapes"] };
  if (path === undefined) throw new FoveaError("bad-input", "model: expected a file, or --ground-truth, got none");
  return { path, given };
}

/** Explainers of the methods that were named; of `all` those that work for this model, and why the others do not. */
async function openMethods({ model }: NamedModel, { methods: wanted, ...options }: TrustCommandOptions) {
  const names = wanted === "all" ? allMethods.map(({ name }) => name) : listed(wanted);
  const methods = [];
  const left: string[] = [];
  for (const method of names) {
    try {
      methods.push(await model.explainer({ method, ...layerOptions(options) }));
    } catch (error) {
      if (wanted !== "all" || !(error instanceof FoveaError)) throw error;
      left.push(namedError(method, error).message);
    }
  }
  return { methods, left };
}

function listed(names: string): string[] {
  return [...new Set(names.split(",").map((name) => name.trim()))];
}

/** The class to explain; undefined for the predicted one. With photos that is their own. */
function targetOf({ model }: NamedModel, { class: classes, data }: TrustCommandOptions): number | undefined {
  if (data !== undefined || classes.length === 0) return undefined;
  if (classes.length > 1) throw new FoveaError("bad-input", `--class: expected one class, got ${classes.join(", ")}`);
  const choice = classChoice(model, classes[0] as string);
  return choice === "predicted" ? undefined : choice;
}
