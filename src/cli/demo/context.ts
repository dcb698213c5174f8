/** @file What the parts of the demo share. */

import type { Dataset } from "../../data/dataset.js";
import type { NamedModel } from "../inputs/models.js";
import type { Job } from "../terminal/job.js";

export interface DemoOptions {
  /** Folder of models, pictures and reports. */
  readonly out: string;
  readonly seed: number;
  /** Images that each network learns from. */
  readonly images: number;
  /** The command line, for the files' metadata. */
  readonly command: string;
}

/** A network that is trained for the demo. */
export interface DemoNetwork {
  readonly net: string;
  readonly epochs: number;
  /** Its file's name in the folder, without `.onnx`. */
  readonly name: string;
}

/** What an improvement writes. */
export interface ImprovedFiles {
  readonly out: string;
  readonly protocol: string;
}

export interface DemoContext extends DemoOptions {
  readonly job: Job;
  /** Trains a network as `fovea train` does, and prints its accuracy on the test images; undefined when that was interrupted. */
  train(network: DemoNetwork, dataset: Dataset): Promise<NamedModel | undefined>;
  /** Improves a network as `fovea improve` does; the dataset's test images are sealed. Resolves to the exit code. */
  improve(model: NamedModel, dataset: Dataset, files: ImprovedFiles): Promise<number>;
}
