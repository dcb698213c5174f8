/** @file Finds the concepts of images, measures what each is worth, and draws and tells them. */

import type { FoundInput } from "../../data/find-inputs.js";
import { evenly } from "../../data/subsets.js";
import { studyConcepts } from "../../evaluate/studies/concept-study.js";
import { mostConcepts } from "../../explain/concepts/concept.js";
import { findConcepts } from "../../explain/concepts/concepts.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import { list } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import { tellsClasses } from "../../model/tasks/found-task.js";
import { floats } from "../../onnx/tensor.js";
import { eachInput } from "../inputs/each-input.js";
import { imagesGiven, presentFiles } from "../inputs/given-images.js";
import { modelAmong } from "../inputs/model-among.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { readInput } from "../inputs/read-input.js";
import { tryModel } from "../inputs/try-model.js";
import { layerOptions, loadOptions } from "../options/model-options.js";
import { wrongValue } from "../options/numbers.js";
import { fixedClass } from "../options/values/classes.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import type { ConceptFlags } from "./concept-flags.js";
import type { ConceptImage, ConceptResult } from "./concept-result.js";
import { figureFormat, writeConcepts } from "./draw-concepts.js";
import { printConcepts } from "./print-concepts.js";
import { checkReportName, writeReport } from "./write-report.js";

/** More images than these are not read, but some that lie evenly among them. */
const mostImages = 200;
/** The importance of concepts is measured on so many of them: it takes some hundred runs of what lies behind the layer for each. */
const mostStudied = 40;
/** Classes that the worth of each concept is told for. */
const mostClasses = 6;

/** @returns the exit code */
export async function concepts(job: Job, args: readonly string[], flags: ConceptFlags): Promise<number> {
  figureFormat(flags.out);
  checkReportName(flags.report);
  if (flags.count > mostConcepts)
    throw wrongValue("--count", `a whole number from 1 to ${mostConcepts}`, String(flags.count));
  const { model, inputs } = modelAmong(args, undefined, "fovea concepts");
  if (model === undefined)
    throw new FoveaError("bad-input", `${args[0]}: expected a model before the images, got none`);
  const opened = await modelAt(job, model, await loadOptions(flags));
  if (!tellsClasses(opened.model.task)) {
    const got = `got a model for ${opened.model.task.name}`;
    throw new FoveaError("bad-input", `${opened.name}: expected a model with classes of whole images, ${got}`);
  }
  const { files } = await imagesGiven(inputs);
  const named = await tryModel(job, opened, presentFiles(files));
  const complaint = "--class predicted: expected a class: without --class it is the predicted one of each image";
  const classIndex = flags.class === undefined ? undefined : fixedClass(named.model, flags.class, complaint);
  const read: ConceptImage[] = [];
  const outcome = await readImages(job, named, evenly(files, mostImages), read);
  const images = classIndex === undefined ? read : ofClass(named, read, classIndex);
  if (images.length === 0) return job.end({ ...outcome, nothing: true });
  const result = await job.heed(() => measure(job, { named, classIndex, images, flags }));
  try {
    const figure = await writeConcepts(result, flags.out);
    const { report } = flags;
    if (report !== undefined)
      await job.stage("drawing the report", () => writeReport(job, result, { args, flags, report }));
    printConcepts(job, result, { figure, report });
  } finally {
    await result.concepts.close();
  }
  return job.end(outcome);
}

async function readImages(job: Job, { model }: NamedModel, files: readonly FoundInput[], read: ConceptImage[]) {
  const classifier = model.classifier();
  try {
    return await eachInput(job, { inputs: files, many: files.length > 1 }, "reading images", async (source) => {
      const { input } = await readInput(model, source);
      if (input.dims[0] !== 1)
        throw new FoveaError("bad-input", `${source.path}: expected one image, got ${input.dims[0]}`);
      const probabilities = floats(await classifier.classify(input));
      const predicted = probabilities.reduce((best, value, i) => (value > at(probabilities, best) ? i : best), 0);
      read.push({ source, input, predicted });
    });
  } finally {
    await classifier.close();
  }
}

/** @throws FoveaError `bad-input` where there are images, and none of the class */
function ofClass({ model }: NamedModel, images: readonly ConceptImage[], classIndex: number): ConceptImage[] {
  const some = images.filter(({ predicted }) => predicted === classIndex);
  if (some.length > 0 || images.length === 0) return some;
  const others = [...new Set(images.map(({ predicted }) => className(model, predicted)))];
  const name = className(model, classIndex);
  const named = others.length > 5 ? `${list(others.slice(0, 5))} and others` : list(others);
  const got = `got ${images.length === 1 ? "one" : images.length} that it takes for ${named}`;
  throw new FoveaError("bad-input", `--class ${name}: expected images that the network takes for ${name}, ${got}`);
}

/** The classes that images are taken for, the most frequent first. */
function frequent(images: readonly ConceptImage[]): number[] {
  const counts = new Map<number, number>();
  for (const { predicted } of images) counts.set(predicted, (counts.get(predicted) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, mostClasses).map(([index]) => index);
}

interface Measuring extends Pick<ConceptResult, "named" | "classIndex" | "images"> {
  readonly flags: ConceptFlags;
}

async function measure(job: Job, { named, classIndex, images, flags }: Measuring): Promise<ConceptResult> {
  const { signal } = job;
  const from = flags.crops ? "crops" : "places";
  const { count, seed } = flags;
  const inputs = images.map(({ input }) => input);
  const options = { runtime, signal, count, seed, from, ...layerOptions(flags) } as const;
  const found = await job.stage("finding concepts", () => findConcepts(named.model, inputs, options));
  try {
    const studied = evenly(images.slice(0, found.images), mostStudied);
    const study = await job.stage("measuring concepts", (onProgress) => {
      const progress = (done: number) => onProgress(done, studied.length);
      return studyConcepts(
        found,
        studied.map(({ input }) => input),
        { classIndex, classes: frequent(studied), signal, progress },
      );
    });
    return { named, classIndex, from, images: images.slice(0, found.images), concepts: found, study, studied };
  } catch (error) {
    await found.close();
    throw error;
  }
}
