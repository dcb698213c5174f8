/** @file How far relevance is from zennit's and LXT's on the networks of `test/fixtures/relevance`. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../../src/data/npy.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Explanation } from "../../../src/explain/explanation.js";
import { withModelCard } from "../../../src/model/card.js";
import { openModel } from "../../../src/model/open.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../runtime.js";
import { difference } from "./difference.js";

const folder = fileURLToPath(new URL("../../fixtures/relevance/", import.meta.url));

interface Meta {
  readonly sources: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Bounds of the pixels. */
  readonly low: number;
  readonly high: number;
}

export const relevanceMeta = JSON.parse(readFileSync(`${folder}meta.json`, "utf8")) as Meta;

const convolutional = ["vgg", "resnet", "densenet", "mobilenet"] as const;
const transformers = ["vit", "averaged"] as const;

export type RelevanceNetwork = (typeof convolutional)[number] | (typeof transformers)[number];

export interface RelevanceReference {
  readonly method: string;
  readonly code: string;
  readonly networks: readonly RelevanceNetwork[];
  readonly note: string;
}

const fourNetworks = "four convolutional networks: max pooling, residual, dense, depthwise";
const twoTransformers = "two vision transformers, torchvision's and timm's";

export const relevanceReferences: readonly RelevanceReference[] = [
  ...[
    ["lrp", "EpsilonPlusFlat"],
    ["lrp-epsilon-plus", "EpsilonPlus"],
    ["lrp-epsilon", "its rules Epsilon, Norm and Pass"],
    ["lrp-gamma", "EpsilonGammaBox"],
    ["lrp-alpha2-beta1", "EpsilonAlpha2Beta1Flat"],
  ].map(([method = "", composite]) => ({
    method,
    code: "zennit",
    networks: convolutional,
    note: `${composite}; ${fourNetworks}`,
  })),
  { method: "attn-lrp", code: "LXT", networks: transformers, note: twoTransformers },
  { method: "cp-lrp", code: "LXT", networks: transformers, note: twoTransformers },
  {
    method: "attn-lrp-gamma",
    code: "LXT",
    networks: transformers,
    note: `${twoTransformers}; linear layers by zennit, as its example does`,
  },
];

/** The explanation of the predicted class. */
export async function explainedRelevance(method: string, network: RelevanceNetwork): Promise<Explanation> {
  const input = readNpy(readFileSync(`${folder}${network}/input.npy`), "input");
  const [, , height = 1, width = 1] = input.dims;
  const { low, high } = relevanceMeta;
  // Black becomes `low` and white `high`.
  const std = Array<number>(3).fill(1 / (high - low));
  const mean = Array<number>(3).fill(-low / (high - low));
  const preprocessing = { channels: 3, height, width, scale: 1 / 255, mean, std } as const;
  const graph = readModel(readFileSync(`${folder}${network}/model.onnx`));
  const model = await openModel(withModelCard(graph, { preprocessing }), runtime);
  const explainer = await createExplainer(model, { runtime, method, include: ["attribution"] });
  try {
    return await explainer.explain(input);
  } finally {
    await explainer.close();
  }
}

/** The largest difference of the relevance of the input's elements, relative to the largest magnitude. */
export async function relevanceError(method: string, network: RelevanceNetwork): Promise<number> {
  const { attribution } = await explainedRelevance(method, network);
  const theirs = readNpy(readFileSync(`${folder}${network}/${method}.npy`), method);
  return difference(floats(attribution ?? float32([0], [])), floats(theirs));
}

/** The largest of all networks, of each reference. */
export async function relevanceErrors(): Promise<number[]> {
  const errors: number[] = [];
  for (const { method, networks } of relevanceReferences) {
    const each: number[] = [];
    for (const network of networks) each.push(await relevanceError(method, network));
    errors.push(Math.max(...each));
  }
  return errors;
}
