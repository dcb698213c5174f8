/** @file Measures how far a method's maps of a model can be trusted, and tells the result. */

import { metrics as allMetrics, metricNamed } from "../../evaluate/metrics/index.js";
import { createTrustStudy } from "../../evaluate/studies/trust-study.js";
import { shapesModelPath } from "../../explain/node.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { classChoice } from "../../model/class-names.js";
import type { Tensor } from "../../onnx/tensor.js";
import { imagesGiven, presentFiles } from "../inputs/given-images.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { tryModel } from "../inputs/try-model.js";
import { layerOptions, loadOptions } from "../options/model-options.js";
import type { TrustFlags } from "../options/trust-options.js";
import { runtime } from "../platform.js";
import { makeRows } from "../shards/rows/make-rows.js";
import { rowDestination } from "../shards/rows/row-destination.js";
import type { Job } from "../terminal/job.js";
import { namesIn, openMethods } from "./open-methods.js";
import { failedMethods, tellTrust, trustCommand } from "./rows/trust-command.js";
import { trustWork } from "./rows/trust-work.js";
import { sanityOf, tellSanity } from "./sanity-of.js";
import { trustImages } from "./trust-images.js";

/** How many images the maps of randomised networks are compared on. */
const sanityImages = 20;

/** @returns the exit code */
export async function trust(
  job: Job,
  model: string | undefined,
  inputs: readonly string[],
  flags: TrustFlags,
): Promise<number> {
  const destination = rowDestination(flags);
  if (flags.sanity && destination.shard) throw wholeSanity("--shard");
  const { path, given } = modelAndImages(model, inputs, flags);
  const metrics = flags.metrics === "all" ? allMetrics : namesIn(flags.metrics).map(metricNamed);
  const opened = await modelAt(job, path, await loadOptions(flags));
  const found = await imagesGiven(given);
  const named = await tryModel(job, opened, presentFiles(found.files));
  const images = await trustImages(job, named, found, { ...flags, classes: flags.class, shard: destination.shard });
  const methods = await openMethods(named, flags.methods, layerOptions(flags));
  const { explainers } = methods;
  const study = await createTrustStudy(named.model, { runtime, methods: explainers, metrics, seed: flags.seed });
  const kept: Tensor[] = [];
  const onImage = (image: Tensor) => {
    if (flags.sanity && kept.length < sanityImages) kept.push(image);
  };
  const subject = { named, images, methods, study, target: targetOf(named, flags), flags, onImage };
  const told = await makeRows(job, trustCommand, trustWork(job, subject), destination).finally(async () => {
    await study.close();
    for (const explainer of explainers) await explainer.close();
  });
  if (typeof told === "number") return told;
  const failed = failedMethods(told);
  const compared = explainers.flatMap(({ method }) => (failed.has(method.name) ? [] : [method]));
  const sanity =
    kept.length > 0 && !job.interrupted
      ? await sanityOf(job, named, kept, compared, { ...layerOptions(flags), draws: flags.draws })
      : undefined;
  return tellTrust(job, told, sanity && { facts: sanity, tell: () => tellSanity(sanity) });
}

/** What randomised networks are compared on are the first images of all. */
export function wholeSanity(option: string): FoveaError {
  const got = "got --sanity, which looks at the first images of all: give it to a run without";
  return new FoveaError("bad-input", `${option}: expected what is measured image by image, ${got}`);
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
