/** @file The usual ways to make numbers of pixels, for models that do not say theirs. */

import type { Preprocessing } from "../../../src/image/input/preprocessing.js";

export interface Recipe {
  readonly name: string;
  /** Where it is usual. */
  readonly title: string;
  readonly parts: Pick<Preprocessing, "scale" | "mean" | "std" | "order">;
}

const none = [0];
const one = [1];

export const recipes: readonly Recipe[] = [
  {
    name: "imagenet",
    title: "0 to 1, ImageNet's mean and deviation (PyTorch)",
    parts: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
  },
  { name: "unit", title: "0 to 1", parts: { scale: 1 / 255, mean: none, std: one, order: "rgb" } },
  {
    name: "signed",
    title: "−1 to 1 (TensorFlow, many mobile networks)",
    parts: { scale: 1 / 127.5, mean: one, std: one, order: "rgb" },
  },
  { name: "bytes", title: "0 to 255", parts: { scale: 1, mean: none, std: one, order: "rgb" } },
  {
    name: "caffe",
    title: "0 to 255 less the mean, blue first (Caffe)",
    parts: { scale: 1, mean: [104.007, 116.669, 122.679], std: one, order: "bgr" },
  },
];

/** Those that fit a network's channels. */
export function recipesFor({ channels }: Preprocessing): readonly Recipe[] {
  return recipes.filter(({ parts }) => parts.mean.length === 1 || parts.mean.length === channels);
}

/** The recipe that a preprocessing follows; undefined for one of its own. */
export function recipeOf(preprocessing: Preprocessing): Recipe | undefined {
  const near = (a: number | undefined, b: number | undefined) => Math.abs((a ?? 0) - (b ?? 0)) < 1e-4;
  const { scale, mean, std, order = "rgb", channels } = preprocessing;
  return recipesFor(preprocessing).find(({ parts }) => {
    const at = (values: readonly number[], c: number) => values[values.length === 1 ? 0 : c];
    const all = Array.from(
      { length: channels },
      (_, c) => near(mean[c], at(parts.mean, c)) && near(std[c], at(parts.std, c)),
    );
    return near(scale, parts.scale) && (channels === 1 || order === parts.order) && all.every(Boolean);
  });
}
