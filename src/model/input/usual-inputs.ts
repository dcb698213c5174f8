/** @file Inputs besides the image whose values are the same for every whole image, as exports of detectors have them, and texts without words. */

import { convertTensor } from "../../onnx/convert-tensor.js";
import { type Graph, runInputs, type ValueInfo } from "../../onnx/graph.js";
import { float32, sizeOf, type Tensor } from "../../onnx/tensor.js";
import { comparesTexts } from "../tasks/image-text.js";

/** A value by the size of the image. */
type Usual = (size: { readonly height: number; readonly width: number }) => readonly number[] | "ones";

/** By the names that exporters give them. */
const usual: Readonly<Record<string, Usual>> = {
  // RT-DETR, D-FINE, DEIM: boxes come in pixels of this size, that of the input.
  orig_target_sizes: ({ height, width }) => [width, height],
  // DETR of Hugging Face: which pixels are of the picture.
  pixel_mask: () => "ones",
  // PaddleDetection.
  im_shape: ({ height, width }) => [height, width],
  scale_factor: () => "ones",
};

/** Values for inputs that nobody gave, by their names. */
export interface AssumedInputs {
  readonly values: Readonly<Record<string, Tensor>>;
  /** What they are, as the end of "assumed: ". */
  readonly says: string;
}

/**
 * Values for the inputs besides the image that have usual ones; none where the image's size is open and there are no texts.
 * @param given by name: values that the caller has
 */
export function assumedInputs(graph: Graph, given: Readonly<Record<string, Tensor>>): AssumedInputs {
  if (comparesTexts(graph)) return { values: emptyTexts(graph, given), says: "all ones" };
  return { values: usualInputs(graph, Object.keys(given)), says: "the whole image, at the input's size" };
}

function usualInputs(graph: Graph, given: readonly string[]): Readonly<Record<string, Tensor>> {
  const inputs = runInputs(graph);
  const image = inputs.find(({ name, dims }) => dims?.length === 4 && !(name in usual));
  const [height, width] = image?.dims?.slice(image.dims[3] === 3 ? 1 : 2) ?? [];
  if (typeof height !== "number" || typeof width !== "number") return {};
  const values = inputs.flatMap((input) => {
    const value = usual[input.name]?.({ height, width });
    const tensor = value === undefined || given.includes(input.name) ? undefined : tensorFor(input, value);
    return tensor ? [[input.name, tensor] as const] : [];
  });
  return Object.fromEntries(values);
}

/** Of a network that compares images with texts: one text without words; marks of given tokens are as many as these. */
function emptyTexts(graph: Graph, given: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  const [, ...others] = runInputs(graph).toSorted((a, b) => (b.dims?.length ?? 0) - (a.dims?.length ?? 0));
  const known = Object.values(given).find(({ dims }) => dims.length === 2);
  const values = others.flatMap((input) => {
    if (Object.hasOwn(given, input.name)) return [];
    const dims = input.dims?.map((size, axis) =>
      typeof size === "number" ? size : (known?.dims[axis] ?? (axis === 0 ? 1 : fewestTokens)),
    );
    const tensor = tensorFor({ ...input, ...(dims ? { dims } : {}) }, "ones");
    return tensor ? [[input.name, tensor] as const] : [];
  });
  return Object.fromEntries(values);
}

/** Tokens of a text without words: its beginning, its end, and some room. */
const fewestTokens = 8;

function tensorFor({ type, dims }: ValueInfo, value: readonly number[] | "ones"): Tensor | undefined {
  const sizes = dims?.map((size, axis) => (axis === 0 && typeof size !== "number" ? 1 : size));
  const isKnown = sizes?.every((size): size is number => typeof size === "number");
  if (type === undefined || type === "string" || sizes === undefined || !isKnown) return undefined;
  const values = value === "ones" ? Array<number>(sizeOf(sizes)).fill(1) : value;
  return values.length === sizeOf(sizes) ? convertTensor(float32(sizes, values), type) : undefined;
}
