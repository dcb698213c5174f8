/** @file Trains on what the data are: drawn scenes, a dataset with a name, or photos. */

import { isPath } from "../inputs/datasets.js";
import type { TrainFlags } from "../options/train-options.js";
import type { Job } from "../terminal/job.js";
import { trainOnImages } from "./train-on-images.js";
import { trainOnPhotos } from "./train-on-photos.js";
import { trainOnScenes } from "./train-on-scenes.js";

/** @returns the exit code */
export function train(job: Job, name: string, flags: TrainFlags): Promise<number> {
  if (name === "scenes") return trainOnScenes(job, flags);
  return (isPath(name) ? trainOnPhotos : trainOnImages)(job, name, flags);
}
