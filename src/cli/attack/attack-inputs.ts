/** @file Reads images to attack, in batches of a model's input: the test images of a dataset, or pictures. */

import { join } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import type { FoundInput } from "../../data/find-inputs.js";
import { imageOf } from "../../data/sources/image-of.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { planOutputs } from "../explain/output-paths.js";
import { datasetNamed } from "../inputs/datasets.js";
import type { GivenImages } from "../inputs/given-images.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";
import { assumptions } from "../inputs/read-input.js";
import { firstTestImages, type MeasuredImages } from "../inputs/test-images.js";
import type { Job } from "../terminal/job.js";

/** An image to attack. */
export interface AttackInput {
  readonly name: string;
  /** Path of its results, without their endings. */
  readonly stem: string;
  /** How it was changed to be the model's input, in words. */
  readonly notes: readonly string[];
}

export interface AttackBatch {
  readonly inputs: readonly AttackInput[];
  /** float32 [N, C, H, W]. */
  readonly images: Tensor;
  /** True classes; undefined for images without labels. */
  readonly labels: readonly number[] | undefined;
  /** Inputs that cannot be read: the errors name them. */
  readonly failures: readonly FoveaError[];
}

export interface AttackInputs extends MeasuredImages {
  readonly batches: () => AsyncGenerator<AttackBatch>;
}

export interface AttackInputOptions {
  readonly out: string;
  /** How many images of a dataset. */
  readonly count: number;
  /** Images in a batch; default 128 of a dataset, 8 pictures. */
  readonly batch?: number;
}

/**
 * One name of a dataset, where there is no such file, or image files, folders and patterns.
 * @throws FoveaError as loading the dataset does, and `bad-input` where its classes are not the model's
 */
export async function attackInputs(
  job: Job,
  named: NamedModel,
  images: GivenImages,
  options: AttackInputOptions,
): Promise<AttackInputs> {
  const { dataset } = images;
  return dataset ? ofDataset(named, await datasetNamed(job, dataset), options) : ofFiles(named, images, options);
}

function ofDataset(named: NamedModel, dataset: Dataset, { out, count, batch = 128 }: AttackInputOptions): AttackInputs {
  const first = firstTestImages(named, dataset, count);
  const { total } = first;
  const { test } = dataset;
  return {
    ...first,
    async *batches() {
      for (let first = 0; first < total; first += batch) {
        const size = Math.min(batch, total - first);
        const inputs = Array.from({ length: size }, (_, i) => {
          const name = `${dataset.name}-${String(first + i).padStart(5, "0")}`;
          return { name, stem: join(out, name), notes: [] };
        });
        const images = await prepareImages(named, test, first, size);
        yield { inputs, images, labels: Array.from(test.labels.subarray(first, first + size)), failures: [] };
      }
    },
  };
}

/** Ending of the attacked images, which a folder is not searched for. */
export const attackedEnding = ".attacked.png";

function ofFiles(
  { model }: NamedModel,
  { given, files }: GivenImages,
  { out, batch = 8 }: AttackInputOptions,
): AttackInputs {
  const inputs = files.filter(({ path }) => given.includes(path) || !path.endsWith(attackedEnding));
  const outputs = planOutputs({ inputs, many: true }, { out: join(out, "/"), kinds: ["figure"], classes: [] });
  const stem = (input: FoundInput) => outputs.path(input, "figure").replace(/\.fovea\.png$/, "");
  return {
    source: given.join(" "),
    total: inputs.length,
    assumed: assumptions(model),
    async *batches() {
      for (let first = 0; first < inputs.length; first += batch) {
        const read = await Promise.all(inputs.slice(first, first + batch).map((input) => attempt(model, input)));
        const images = read.flatMap((each) => (each instanceof FoveaError ? [] : [each]));
        const failures = read.filter((each) => each instanceof FoveaError);
        yield {
          inputs: images.map(({ input, notes }) => ({ name: input.path, stem: stem(input), notes })),
          images: together(images.map(({ image }) => image)),
          labels: undefined,
          failures,
        };
      }
    },
  };
}

async function attempt(model: LoadedModel, input: FoundInput) {
  try {
    if (input.error) throw input.error;
    const { input: image, notes } = await model.readImage(await imageOf(input));
    return { input, image, notes };
  } catch (error) {
    if (error instanceof FoveaError) return namedError(input.path, error);
    throw error;
  }
}

/** Images of one size, [1, ...] each, as one batch. */
function together(images: readonly Tensor[]): Tensor {
  const [, ...sizes] = images[0]?.dims ?? [0];
  const size = images[0]?.size ?? 0;
  const all = new Float32Array(size * images.length);
  images.forEach((image, i) => all.set(floats(image), i * size));
  return float32([images.length, ...sizes], all);
}
