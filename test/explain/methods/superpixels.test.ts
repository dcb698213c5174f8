/** @file Methods of superpixels: Shapley values by enumeration, and what always holds. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../../src/data/npy.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { ExplainerOptions } from "../../../src/explain/options.js";
import { withModelCard } from "../../../src/model/card.js";
import type { Baseline } from "../../../src/model/input/baseline-names.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { draws } from "../../support/peers/draws.js";
import { peerFolder, peerMeta } from "../../support/peers/meta.js";
import { runtime } from "../../support/runtime.js";
import { convNet, images } from "../architectures/networks.js";
import { explained } from "./explained.js";

const [height, width] = [24, 20];
const input = readNpy(readFileSync(`${peerFolder}conv/input.npy`), "input");
/** As the image is divided into ten. */
const labels = floats(draws().superpixels as Tensor);
const size = Math.max(...labels) + 1;

async function network(): Promise<Model> {
  const graph = readModel(readFileSync(`${peerFolder}conv/model.onnx`));
  const preprocessing = { channels: 3, height, width, scale: 1 / 255, ...peerMeta.preprocessing } as const;
  return openModel(withModelCard(graph, { preprocessing }), runtime);
}

/** The value of each superpixel for a class. */
async function valuesOf(method: string, options: Partial<ExplainerOptions>, of = 1): Promise<number[]> {
  const explainer = await createExplainer(await network(), { runtime, method, superpixels: 10, ...options });
  const { evidence } = await explainer.explain(input, { classes: [of] });
  await explainer.close();
  const values = new Map(Array.from(floats(evidence), (value, i) => [labels[i], value]));
  floats(evidence).forEach((value, i) => expect(value).toBe(values.get(labels[i] as number)));
  return Array.from({ length: size }, (_, i) => values.get(i) as number);
}

/** The scores of all 2^M coalitions, run as plain images; bit i of the index keeps superpixel i. */
async function scoresOfCoalitions(of = 1): Promise<number[]> {
  const explainer = await createExplainer(await network(), { runtime });
  const pixels = floats(input);
  const scores: number[] = [];
  for (let first = 0; first < 2 ** size; first += 64) {
    const batch = new Float32Array(64 * pixels.length).map((_, k) => {
      const place = k % (height * width);
      const kept = ((first + Math.floor(k / pixels.length)) >> (labels[place] as number)) & 1;
      return kept * (pixels[k % pixels.length] as number);
    });
    const answers = await explainer.explain(float32([64, 3, height, width], batch));
    for (let i = 0; i < 64; i++) scores.push(floats(answers.scores)[5 * i + of] as number);
  }
  await explainer.close();
  return scores;
}

/** Shapley 1953: the mean rise of the score when a superpixel joins those before it, over all orders. */
function shapley(scores: readonly number[]): number[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const bits = (n: number) => n.toString(2).replaceAll("0", "").length;
  return Array.from({ length: size }, (_, i) =>
    scores.reduce((sum, score, coalition) => {
      if ((coalition >> i) & 1) return sum;
      const kept = bits(coalition);
      const orders = (factorial(kept) * factorial(size - kept - 1)) / factorial(size);
      return sum + orders * ((scores[coalition | (1 << i)] as number) - score);
    }, 0),
  );
}

describe("KernelSHAP of ten superpixels", async () => {
  const scores = await scoresOfCoalitions();
  const exact = shapley(scores);
  const scale = Math.max(...exact.map(Math.abs));
  const whole = (scores.at(-1) as number) - (scores[0] as number);

  it("is exact where all coalitions are taken", async () => {
    expect(size).toBe(10);
    const values = await valuesOf("kernel-shap", { samples: 1022 });
    values.forEach((value, i) => expect(Math.abs(value - (exact[i] as number)) / scale).toBeLessThan(1e-4));
  });

  it("comes nearer to the exact values with more samples, and always shares out the whole rise", async () => {
    const errors: number[] = [];
    for (const samples of [40, 160, 640]) {
      const squares: number[] = [];
      for (const seed of [1, 2, 3]) {
        const values = await valuesOf("kernel-shap", { samples, seed });
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(whole, 3);
        squares.push(...values.map((value, i) => (value - (exact[i] as number)) ** 2));
      }
      errors.push(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length) / scale);
    }
    expect(errors[0]).toBeLessThan(0.2);
    expect(errors[1]).toBeLessThan(errors[0] as number);
    expect(errors[2]).toBeLessThan(0.02);
  });

  it("speaks against a class with the same values, negated", async () => {
    const values = await valuesOf("kernel-shap", { samples: 1022, against: true });
    values.forEach((value, i) => expect(Math.abs(value + (exact[i] as number)) / scale).toBeLessThan(1e-4));
  });
});

describe("methods of superpixels", () => {
  it("draw other samples by another seed", async () => {
    for (const method of ["kernel-shap", "lime"])
      expect(await valuesOf(method, { samples: 60, seed: 1 })).not.toEqual(
        await valuesOf(method, { samples: 60, seed: 2 }),
      );
  });

  it("take about as many superpixels as are asked for", async () => {
    for (const superpixels of [1, 4, 12]) {
      const { evidence } = await explained(convNet(), "kernel-shap", images(1), { superpixels, samples: 30 });
      const values = new Set(floats(evidence)).size;
      expect(values).toBeGreaterThanOrEqual(superpixels / 2);
      expect(values).toBeLessThanOrEqual(2 * superpixels);
    }
  });

  it("hide by a baseline, and say by which", async () => {
    const [own, zero, white] = [
      await valuesOf("lime", { samples: 60 }),
      await valuesOf("lime", { samples: 60, baseline: "zero" }),
      await valuesOf("lime", { samples: 60, baseline: "white" }),
    ];
    expect(new Set([own, zero, white].map((values) => values.join())).size).toBe(3);
    const given = await valuesOf("lime", {
      samples: 60,
      baseline: float32([1, 3, height, width], Array(3 * height * width).fill(0)),
    });
    expect(given).toEqual(zero);
    const explainer = await createExplainer(await network(), { runtime, method: "lime" });
    await explainer.close();
    expect(explainer.notes.join("\n")).toMatch(
      /LIME hides superpixels by the mean colour of each; another baseline \(zero, /,
    );
  });

  it("refuse baselines that they have no use for", async () => {
    const asked = (method: string, baseline: Baseline) => explained(convNet(), method, images(1), { baseline });
    await expect(asked("integrated-gradients", "mean")).rejects.toThrow(
      /^baseline of integrated-gradients: expected one of zero, black, white, blur, several, got "?mean"?$/,
    );
    await expect(asked("kernel-shap", "several")).rejects.toThrow(/^baseline of kernel-shap: expected one of zero,/);
    await expect(asked("kernel-shap", images(2))).rejects.toThrow(
      /^baseline of kernel-shap: expected one input, got "?2"?$/,
    );
  });

  it("refuse a number of superpixels that is none, and other methods any", async () => {
    const asked = (method: string, superpixels: number) => explained(convNet(), method, images(1), { superpixels });
    await expect(asked("lime", 0)).rejects.toThrow(/^superpixels: expected a whole number from 1 on, got 0$/);
    await expect(asked("lime", 501)).rejects.toThrow(/^superpixels: expected at most 500, got 501$/);
    await expect(asked("rise", 10)).rejects.toThrow(
      /^superpixels: expected none for the method rise, which masks none$/,
    );
  });
});
