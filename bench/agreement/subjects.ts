/** @file Networks with images for the comparison of methods: those of the project, and where FOVEA_MODELS and FOVEA_DATA are set those of others. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "../../src/cli/platform.js";
import type { LabelledImages } from "../../src/data/dataset.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import { drawShapes } from "../../src/data/shapes.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { loadModel } from "../../src/explain/node.js";
import type { Tensor } from "../../src/onnx/tensor.js";
import { animalPhotos, imageNetModels, modelsFolder, photosFolder } from "../../test/support/models/real-models.js";

/** A network, and how many images it explains. */
export interface Subject {
  readonly name: string;
  readonly images: string;
  open(): Promise<{ readonly model: LoadedModel; readonly inputs: readonly Tensor[] }>;
}

export const own = (file: string) => fileURLToPath(new URL(`../../models/${file}`, import.meta.url));

/** The first images of a set, as the model takes them. */
export async function inputsOf(model: LoadedModel, images: LabelledImages, count: number): Promise<Tensor[]> {
  const { pixels, channels, height, width } = images;
  const size = channels * height * width;
  const inputs: Tensor[] = [];
  for (let i = 0; i < count; i++)
    inputs.push(await model.preprocess(pixels.slice(i * size, (i + 1) * size), [1, channels, height, width]));
  return inputs;
}

const drawn: readonly Subject[] = [
  {
    name: "models/mnist.onnx",
    images: "12 drawn digits",
    async open() {
      const model = await loadModel(own("mnist.onnx"), { runtime });
      return { model, inputs: await inputsOf(model, drawDigits({ train: 0, test: 12, seed: 2 }).test, 12) };
    },
  },
  {
    name: "models/shapes.onnx",
    images: "12 drawn shapes",
    async open() {
      const model = await loadModel(own("shapes.onnx"), { runtime });
      return { model, inputs: await inputsOf(model, drawShapes({ train: 0, test: 12, seed: 2 }).test, 12) };
    },
  },
];

const cifarFile = join(modelsFolder, "cifar10-resnet/resnet20-12fca82f.onnx");
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const cifar: Subject = {
  name: "ResNet-20 of CIFAR-10",
  images: "10 photos of 32×32",
  async open() {
    const model = await loadModel(cifarFile, { runtime, preprocessing: imageNet });
    const bytes = readFileSync(join(photosFolder, "../cifar10/test_batch_first1000.bin"));
    const inputs: Tensor[] = [];
    // Each record is a label and three planes.
    for (let i = 0; i < 10; i++)
      inputs.push(await model.preprocess(bytes.subarray(i * 3073 + 1, (i + 1) * 3073), [1, 3, 32, 32]));
    return { model, inputs };
  },
};

/** The photos of a dog and a cat, and as many of the samples. */
function photos(count: number): string[] {
  const folder = join(photosFolder, "../imagenet-samples/images");
  const samples = readdirSync(folder).sort();
  const step = Math.floor(samples.length / count);
  const some = Array.from({ length: count }, (_, i) => join(folder, samples[i * step] ?? ""));
  return [...animalPhotos.map(({ file }) => join(photosFolder, file)), ...some];
}

const perNetwork = 1;

const ofImageNet: readonly Subject[] = imageNetModels.map(({ name, file, labels, preprocessing }) => ({
  name,
  images: `${animalPhotos.length + perNetwork} photos`,
  async open() {
    const names = labels ? { labels: join(modelsFolder, labels) } : {};
    const model = await loadModel(join(modelsFolder, file), { runtime, preprocessing, ...names });
    const inputs: Tensor[] = [];
    for (const path of photos(perNetwork)) inputs.push((await model.readImage(path)).input);
    return { model, inputs };
  },
}));

export const subjects: readonly Subject[] = [...drawn, ...(existsSync(cifarFile) ? [cifar, ...ofImageNet] : [])];
