/** @file Clips as the input of a network for clips: as many frames as it takes, which lie evenly among all. */

import { FoveaError } from "../../../foundation/error.js";
import { pictureOfInput, preparePicture } from "../../../image/input/input.js";
import { openPreprocessor } from "../../../image/input/preprocess.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import type { Picture } from "../../../image/picture/picture.js";
import { type InputAxes, inputAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { float32, floats } from "../../../onnx/tensor.js";
import type { Runtime } from "../../../runtime/session.js";
import { type Clip, framesOf, probeClip } from "../clips/frames.js";
import { inOrder } from "./grid-layout.js";
import type { VolumeInput } from "./volume-input.js";

/** Where the network leaves the number of frames open. */
const usualFrames = 16;
/** Mean and deviation of Kinetics-400, which torchvision's networks for clips take. */
const kinetics = { mean: [0.43216, 0.394666, 0.37645], std: [0.22803, 0.22145, 0.216989] };

/** What is done with a clip. */
interface Sampling {
  readonly frames: number;
  readonly preprocessing: Preprocessing;
}

/**
 * Reads a clip with the user's ffmpeg. Only the frames that the network takes are kept.
 * @throws FoveaError `bad-file` for what is no clip, `bad-input` without ffmpeg or a known size, `shape-mismatch` for a network that
 *   takes no clips
 */
export async function clipInput(
  model: Model,
  path: string,
  { runtime, signal }: { readonly runtime: Runtime; readonly signal: AbortSignal },
): Promise<VolumeInput> {
  const axes = inputAxes(model);
  if (axes?.sizes.length !== 3 || axes.channels !== 3)
    throw new FoveaError(
      "shape-mismatch",
      `${path}: expected a network for clips, got one that takes [${model.input.dims}]`,
    );
  const { frames, preprocessing } = samplingOf(model, axes, path);
  const { pictures, total } = await sampled(path, frames, signal);
  const preprocessor = await openPreprocessor(preprocessing, runtime);
  const { width, height } = preprocessing;
  const area = width * height;
  const [values, colours] = [new Float32Array(3 * frames * area), new Float32Array(3 * frames * area)];
  let notes: readonly string[] = [];
  for (const [t, picture] of pictures.entries()) {
    const prepared = await preparePicture(picture, preprocessing, preprocessor);
    const { pixels } = pictureOfInput(prepared.input, preprocessing);
    notes = prepared.notes;
    for (let c = 0; c < 3; c++) {
      const to = (c * frames + t) * area;
      values.set(floats(prepared.input).subarray(c * area, (c + 1) * area), to);
      for (let i = 0; i < area; i++) colours[to + i] = pixels[3 * i + c] ?? 0;
    }
  }
  const sizes = [frames, height, width];
  return {
    input: inOrder(float32([1, 3, ...sizes], values), axes.layout),
    picture: { kind: "clip", channels: 3, sizes, values: colours },
    notes: [`${frames} of the clip's ${total} frames, evenly`, ...notes, recipeNote(model)],
  };
}

function samplingOf(model: Model, { sizes: [frames, rows, columns] }: InputAxes, path: string): Sampling {
  const stated = statedParts(model);
  const { height = rows, width = columns } = stated;
  const [down, across] = [rows, columns].map((side, i) => (typeof side === "number" ? side : [height, width][i]));
  if (typeof down !== "number" || typeof across !== "number")
    throw new FoveaError(
      "bad-input",
      `${path}: expected a network of known size, got one that leaves it open: say --size HxW`,
    );
  const base = { scale: 1 / 255, ...kinetics, fit: "crop", cropFraction: 0.875, ...stated } as const;
  const [mean, std] = [perChannel(base.mean), perChannel(base.std)];
  return {
    frames: typeof frames === "number" ? frames : usualFrames,
    preprocessing: { ...base, mean, std, width: across, height: down, channels: 3, layout: "nchw" },
  };
}

/** One number stands for all channels. */
function perChannel(values: readonly number[]): readonly number[] {
  return values.length === 1 ? Array.from({ length: 3 }, () => values[0] ?? Number.NaN) : values;
}

function statedParts({ card, beside, given }: Model): Partial<Preprocessing> {
  return { ...beside?.preprocessing, ...card.preprocessing, ...given?.preprocessing };
}

function recipeNote(model: Model): string {
  const { mean, std } = statedParts(model);
  return mean && std
    ? "colours as stated for the model"
    : "colours assumed: from 0 to 1, with the mean and deviation of Kinetics (--scale, --mean and --std change that)";
}

/** So many frames, the middle ones of as many even parts of the clip; of a shorter one some several times. */
async function sampled(
  path: string,
  count: number,
  signal: AbortSignal,
): Promise<{ readonly pictures: readonly Picture[]; readonly total: number }> {
  const clip = await probeClip(path);
  const total = clip.frames ?? (await countFrames(clip, signal));
  const wanted = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * total) / count));
  const kept = new Map<number, Picture>();
  let index = 0;
  let last: Picture | undefined;
  for await (const frame of framesOf(clip, signal)) {
    last = frame;
    if (wanted.includes(index)) kept.set(index, frame);
    index++;
    if (index > (wanted.at(-1) ?? 0)) break;
  }
  const rest = last;
  if (rest === undefined) throw new FoveaError("bad-file", `${path}: expected a clip with frames, got none`);
  // A clip may tell of more frames than it has.
  return { pictures: wanted.map((at) => kept.get(at) ?? rest), total: Math.max(total, index) };
}

async function countFrames(clip: Clip, signal: AbortSignal): Promise<number> {
  let total = 0;
  for await (const _ of framesOf(clip, signal)) total++;
  return total;
}
