/** @file Where the way to an image begins, for methods that follow one: inputs without what is to be explained. */

import { FoveaError } from "../../../foundation/error.js";
import { present } from "../../../foundation/present.js";
import { list } from "../../../foundation/words.js";
import { blurGraph } from "../../../image/input/blur.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { photoAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { joined, singleImages } from "../../../model/run/batches.js";
import type { Sessions } from "../../../model/run/sessions.js";
import type { Graph } from "../../../onnx/graph.js";
import { float32, sizeOf, Tensor } from "../../../onnx/tensor.js";
import { type Baseline, type BaselineName, baselineNames } from "./baseline-names.js";

/** The ones that `several` takes the mean of. */
const several = ["black", "white", "blur"] as const;

type Start = Exclude<BaselineName, "several"> | Tensor;

/** What the choice stands for: one way, or several that count the same. */
export function startsOf(choice: Baseline): readonly Start[] {
  return choice === "several" ? several : [choice];
}

export function isBaseline(value: unknown): value is Baseline {
  return value instanceof Tensor || baselineNames.some((name) => name === value);
}

/** @throws FoveaError `bad-input` for a colour or blur where the input is no picture */
export function checkBaseline(model: Model, choice: Baseline): void {
  if (choice instanceof Tensor || choice === "zero" || photoAxes(model) !== undefined) return;
  const input = `[${model.input.dims?.join(", ")}]`;
  throw new FoveaError(
    "bad-input",
    `baseline: expected zero or a tensor for the input ${input}, which is no picture of 1, 3 or 4 channels, got ${choice}`,
  );
}

/**
 * Makes beginnings of ways to images: one input for all of them, [1, ...], or one for each, [N, ...].
 * @throws FoveaError `shape-mismatch`
 */
export function startMaker(model: Model, sessions: Sessions): (images: Tensor, start: Start) => Promise<Tensor> {
  const blur = blurrer(model, sessions);
  return async (images, start) => {
    const dims = [1, ...images.dims.slice(1)];
    if (start instanceof Tensor) {
      if (start.type === "float32" && start.dims.join() === dims.join()) return start;
      const got = `${start.type} [${start.dims.join(", ")}]`;
      throw new FoveaError("shape-mismatch", `baseline: expected float32 [${dims.join(", ")}], got ${got}`);
    }
    if (start === "blur") return blur(images);
    if (start === "zero") return float32(dims, new Float32Array(sizeOf(dims)));
    return plainInput(preprocessingOf(model).preprocessing, dims, start === "white" ? 255 : 0);
  };
}

/** The input of a picture that is one grey, 0 to 255, and opaque. */
function plainInput(preprocessing: Preprocessing, dims: readonly number[], grey: number): Tensor {
  const { mean, std, scale, channels, layout } = preprocessing;
  const pixels = std.map((_, channel) => (channel === 3 ? 255 : grey));
  const values = pixels.map((pixel, c) => (pixel * scale - (mean[c] ?? 0)) / (std[c] ?? 1));
  const all = new Float32Array(sizeOf(dims));
  const area = all.length / channels;
  for (let i = 0; i < all.length; i++)
    all[i] = values[layout === "nhwc" ? i % channels : Math.floor(i / area)] ?? Number.NaN;
  return float32(dims, all);
}

/** Blurs each image; the graph of a size is kept, because a session is opened for each graph. */
function blurrer(model: Model, sessions: Sessions): (images: Tensor) => Promise<Tensor> {
  const graphs = new Map<string, Graph>();
  return async (images) => {
    const last = preprocessingOf(model).preprocessing.layout === "nhwc";
    const [height = 1, width = 1] = images.dims.slice(last ? 1 : 2);
    const graph = graphs.get(`${height} ${width}`) ?? blurGraph({ height, width }, last);
    graphs.set(`${height} ${width}`, graph);
    const parts: Tensor[] = [];
    for (const image of singleImages(images))
      parts.push(present((await sessions.run(graph, { image }, 1)).result, "result"));
    return joined(parts);
  };
}

/** What the reader of a map should know about where the way began. */
export function baselineNote(model: Model, choice: Baseline | undefined): string {
  const from = (what: string) => `integrated gradients from ${what}`;
  if (choice instanceof Tensor)
    return `${from("the given input")} to the image: they tell what differs between the two`;
  const others = baselineNames.filter((name) => name !== (choice ?? "zero")).join(", ");
  const hint = choice === undefined ? `; another baseline (${others}) gives another map` : "";
  return `${from(described(model, choice ?? "zero"))} to the image: what looks like that gets nothing${hint}`;
}

function described(model: Model, name: BaselineName): string {
  if (name === "several") return `${list(several)}, the mean over the three ways`;
  if (name === "blur") return "the blurred image";
  if (name !== "zero") return `a ${name} image`;
  return `zeros in the network's input${photoAxes(model) === undefined ? "" : `, ${colourOfZero(preprocessingOf(model).preprocessing)},`}`;
}

/** The colour that zeros in the network's input stand for, in words. */
function colourOfZero({ mean, scale, channels, order }: Preprocessing): string {
  const pixels = mean.slice(0, channels === 1 ? 1 : 3).map((value) => Math.round(value / scale));
  if (pixels.every((pixel) => pixel <= 0)) return "which are black";
  if (order === "bgr") pixels.reverse();
  return channels === 1 ? `which are the grey ${pixels[0]} of 255` : `which are the colour rgb(${pixels.join(", ")})`;
}
