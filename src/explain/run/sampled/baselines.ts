/** @file Which beginning a way to an image has, for methods that follow one: checked, and told in words. */

import { FoveaError } from "../../../foundation/error.js";
import { list } from "../../../foundation/words.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { photoAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { Tensor } from "../../../onnx/tensor.js";
import { type Baseline, type BaselineName, baselineNames } from "./baseline-names.js";

/** The ones that `several` takes the mean of. */
const several = ["black", "white", "blur"] as const;

export type Start = Exclude<BaselineName, "several"> | Tensor;

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
