/** @file Measures how far a method's maps of a model can be trusted, and tells the result. */

import { metrics as allMetrics, metricNamed } from "../../evaluate/metrics/index.js";
import type { Metric } from "../../evaluate/metrics/metric.js";
import type { TrustMeasurement } from "../../evaluate/studies/trust-measurement.js";
import { createTrustStudy, type TrustStudy } from "../../evaluate/studies/trust-study.js";
import { summariseTrust } from "../../evaluate/studies/trust-summary.js";
import { shapesModelPath } from "../../explain/node.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { classChoice, className } from "../../model/class-names.js";
import { describeLayer } from "../../model/layers/layer.js";
import { imagesGiven, presentFiles } from "../inputs/given-images.js";
import { modelAt, modelLine, type NamedModel } from "../inputs/models.js";
import { tryModel } from "../inputs/try-model.js";
import { layerOptions, loadOptions } from "../options/model-options.js";
import type { TrustFlags } from "../options/trust-options.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { print, printJson, printJsonLine } from "../terminal/print.js";
import { measureTrust } from "./measure-trust.js";
import { namesIn, type OpenMethods, openMethods } from "./open-methods.js";
import { printTrust } from "./print-trust.js";
import { type Sanity, sanityOf, tellSanity } from "./sanity-of.js";
import { type TrustImages, trustImages } from "./trust-images.js";

/** How many images the maps of randomised networks are compared on. */
const sanityImages = 20;

/** A study with the images that it measures. */
interface Measured {
  readonly named: NamedModel;
  readonly images: TrustImages;
  readonly metrics: readonly Metric[];
  readonly methods: OpenMethods;
  readonly study: TrustStudy;
  readonly seed: string;
}

/** @returns the exit code */
export async function trust(
  job: Job,
  model: string | undefined,
  inputs: readonly string[],
  flags: TrustFlags,
): Promise<number> {
  const { path, given } = modelAndImages(model, inputs, flags);
  const metrics = flags.metrics === "all" ? allMetrics : namesIn(flags.metrics).map(metricNamed);
  const opened = await modelAt(job, path, await loadOptions(flags));
  const found = await imagesGiven(given);
  const named = await tryModel(job, opened, presentFiles(found.files));
  const images = await trustImages(job, named, found, { ...flags, classes: flags.class });
  const methods = await openMethods(named, flags.methods, layerOptions(flags));
  const { explainers } = methods;
  const study = await createTrustStudy(named.model, { runtime, methods: explainers, metrics, seed: flags.seed });
  const measured: Measured = { named, images, metrics, methods, study, seed: flags.seed };
  const describe = ({ target, ...rest }: TrustMeasurement) => ({
    ...rest,
    target,
    label: className(named.model, target),
  });
  const keep = flags.sanity ? sanityImages : 0;
  const target = targetOf(named, flags);
  const onImage = (measurement: TrustMeasurement) => job.record(describe(measurement));
  const { measurements, failed, kept } = await measureTrust(job, study, images, { target, keep, onImage }).finally(
    async () => {
      await study.close();
      for (const explainer of explainers) await explainer.close();
    },
  );
  const compared = explainers.flatMap(({ method }) => (failed.has(method.name) ? [] : [method]));
  const sanity =
    kept.length > 0 && !job.interrupted
      ? await sanityOf(job, named, kept, compared, { ...layerOptions(flags), draws: flags.draws })
      : undefined;
  if (measurements.length > 0) tell(job, measured, measurements, sanity);
  return job.end({
    failed: `of ${images.total} inputs failed`,
    notes: [...failed].map(([method, reason]) => `fovea: ${method}: ${reason}`),
    stopped: `fovea: stopped after ${measurements.length} images`,
    nothing: measurements.length === 0,
    partly: failed.size > 0,
  });
}

function tell(
  job: Job,
  { named, images, metrics, methods, study, seed }: Measured,
  measurements: readonly TrustMeasurement[],
  sanity: Sanity | undefined,
): void {
  const summary = summariseTrust(measurements, { metrics, sources: study.sources() });
  const { explainers, leftOut } = methods;
  const notes = [...named.model.notes, ...images.assumed];
  if (job.format !== "text") {
    const layers = Object.fromEntries(explainers.map(({ method, layer }) => [method.name, layer.name]));
    const about = metrics.map(({ measure: _, ...rest }) => rest);
    const settings = { seed, layers, leftOut, metrics: about };
    const outcomes = { summary, ...sanity, failures: job.failures };
    const head = { model: named.path, data: images.source, notes, ...settings, ...outcomes };
    if (job.format === "jsonl") printJsonLine(head);
    else printJson({ ...head, images: job.records });
    return;
  }
  print(modelLine(named));
  print(`on ${images.source}`);
  for (const each of notes) print(`  ${each}`);
  for (const { method, layer } of explainers)
    print(`  ${method.title} at layer ${layer.name} (${describeLayer(layer)})`);
  for (const reason of leftOut) print(`  left out: ${reason}`);
  print();
  printTrust(summary, metrics, process.stdout.columns ?? Number.POSITIVE_INFINITY);
  if (sanity === undefined) return;
  print();
  tellSanity(sanity);
}

/** The model and its images: those given, or the drawn shapes and the network that was trained on them. */
function modelAndImages(path: string | undefined, given: readonly string[], { groundTruth }: TrustFlags) {
  if (path !== undefined && groundTruth)
    throw new FoveaError("bad-input", `--ground-truth: expected no model and no images besides, got ${path}`);
  if (groundTruth === true) return { path: shapesModelPath, given: ["shapes"] };
  if (groundTruth !== undefined) return { path: shapesModelPath, given: [known(groundTruth)] };
  if (path === undefined) throw new FoveaError("bad-input", "model: expected a file, or --ground-truth, got none");
  return { path, given };
}

/** @throws FoveaError `unknown-name` for images of which nobody knows where the evidence lies */
function known(images: string): string {
  const names = ["shapes", "two-shapes"];
  if (names.includes(images)) return images;
  throw unknownName("ground truth", images, names);
}

/** The class to explain; undefined for the predicted one. With photos that is their own. */
function targetOf({ model }: NamedModel, { class: classes, data }: TrustFlags): number | undefined {
  const [first, ...others] = classes;
  if (data !== undefined || first === undefined) return undefined;
  if (others.length > 0) throw new FoveaError("bad-input", `--class: expected one class, got ${classes.join(", ")}`);
  const choice = classChoice(model, first);
  return choice === "predicted" ? undefined : choice;
}
