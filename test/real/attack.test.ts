/** @file Attacks on the digit model and MNIST, and on a photo network. FOVEA_DATA and FOVEA_MODELS name the folders. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadMnist } from "../../src/data/idx/mnist.js";
import { createAttack } from "../../src/evaluate/attack/attack.js";
import { attackImages, summariseAttack } from "../../src/evaluate/attack/attack-study.js";
import { loadModel } from "../../src/explain/node.js";
import { animalPhotos, imageNetModels, modelsFolder, photosFolder } from "../support/models/real-models.js";
import { runtime } from "../support/runtime.js";

const data = process.env.FOVEA_DATA ?? "";

describe.skipIf(!existsSync(join(data, "mnist")))("the digit model on MNIST's first 200 test images", () => {
  // 40 steps of 0.01 are those of Madry et al. 2018.
  it.each([
    ["pgd", { steps: 40, stepSize: 0.01 }, 0.9],
    ["fgsm", {}, 0.8],
  ] as const)("loses its correct predictions to %s at eps 0.3", async (method, options, least) => {
    const { test: images } = await loadMnist("mnist", { directory: data });
    const model = await loadModel(undefined, { runtime });
    const explainer = await model.explainer();
    const attack = await createAttack(model, { runtime });
    const count = 200;
    const input = await model.preprocess(images.pixels.subarray(0, count * 784), [count, 1, 28, 28]);
    const labels = images.labels.subarray(0, count);
    const { outcomes } = await attackImages(explainer, attack, input, { method, eps: 0.3, labels, ...options });
    const { correct, flippedShare, evidenceCorrelation } = summariseAttack(outcomes);
    expect(correct).toBeGreaterThanOrEqual(196);
    expect(flippedShare.value).toBeGreaterThanOrEqual(least);
    expect(evidenceCorrelation).toMatchObject({ count });
    expect(evidenceCorrelation?.mean).toBeLessThan(0.5);
    await attack.close();
    await explainer.close();
  });
});

const [, squeezeNet] = imageNetModels;
const path = join(modelsFolder, squeezeNet?.file ?? "");

it.skipIf(!existsSync(path) || !existsSync(photosFolder))(
  "SqueezeNet sees any class that is wanted in photos of animals, at 8/255",
  async () => {
    const model = await loadModel(path, { runtime, preprocessing: squeezeNet?.preprocessing ?? {} });
    const explainer = await model.explainer();
    const attack = await createAttack(model, { runtime });
    const target = 340;
    const outcomes = [];
    for (const { file } of animalPhotos) {
      const { input } = await model.readImage(join(photosFolder, file));
      outcomes.push(...(await attackImages(explainer, attack, input, { target, steps: 20 })).outcomes);
    }
    const { reached } = summariseAttack(outcomes, target);
    expect(reached?.share.value).toBeGreaterThanOrEqual(0.9);
    await attack.close();
    await explainer.close();
  },
);
