/** @file Describes a dataset: one with a name, or photos. */

import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { datasetNamed, isPath } from "../inputs/datasets.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printJson } from "../terminal/print.js";
import { describePhotos } from "./describe-photos.js";
import { describeScenes } from "./describe-scenes.js";

export interface DataFlags {
  readonly json?: boolean;
  readonly seed: string;
  readonly out?: string;
  readonly count?: number;
}

/** @returns the exit code */
export async function describeData(job: Job, name: string, { seed, out, count: asked }: DataFlags): Promise<number> {
  if (name === "scenes") return describeScenes(job, { seed, out, count: asked });
  const given = out === undefined ? (asked === undefined ? undefined : "--count") : "--out";
  if (given !== undefined) throw new FoveaError("bad-input", `${given}: expected scenes, which are drawn, got ${name}`);
  if (isPath(name)) return describePhotos(job, name, seed);
  const { source, classes, train, test } = await datasetNamed(job, name);
  const { height, width } = test;
  if (job.format === "json") {
    printJson({ name, source, classes, train: train.count, test: test.count, height, width });
    return exitCodes.done;
  }
  print(`${name}: ${source}`);
  print(`${count(train.count)} training and ${count(test.count)} test images of ${height}x${width}`);
  print(`classes: ${classes.join(", ")}`);
  return exitCodes.done;
}
