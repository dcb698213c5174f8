/** @file Which beginning a way to an image has, for methods that follow one: checked, and told in words. */

import { badInput } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { random } from "../../../foundation/random.js";
import { list } from "../../../foundation/words.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { type Baseline, baselineNames, type WayStart } from "../../../model/input/baseline-names.js";
import { photoAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { singleImages } from "../../../model/run/batches.js";
import { Tensor } from "../../../onnx/tensor.js";
import { baselinesOf, type CamMethod, isPassMethod, ownBaseline } from "../../method.js";

/** The ones that `several` takes the mean of. */
const several = ["black", "white", "blur"] as const;

export type Start = WayStart | Tensor;

/** What the choice stands for: one way, or several. */
export function startsOf(choice: Baseline): readonly Start[] {
  if (choice instanceof Tensor) return (choice.dims[0] ?? 0) > 1 ? singleImages(choice) : [choice];
  if (choice === "mean") throw new Error("internal: no way begins at the mean");
  return choice === "several" ? several : [choice];
}

/** The user's choice, or the method's own. */
export function chosenBaseline(method: CamMethod, model: Model, choice: Baseline | undefined): Baseline {
  if (choice !== undefined) return choice;
  const own = ownBaseline(method) ?? "zero";
  return photoAxes(model) === undefined && own !== "mean" ? "zero" : own;
}

export function isBaseline(value: unknown): value is Baseline {
  return value instanceof Tensor || baselineNames.some((name) => name === value);
}

/** @throws FoveaError `bad-input` for one that the method has no use for, and a colour or blur where the input is no picture */
export function checkBaseline(method: CamMethod, model: Model, choice: Baseline): void {
  const names = baselinesOf(method);
  if (choice instanceof Tensor) {
    const [count = 0] = choice.dims;
    if (isPassMethod(method) && count !== 1) throw badInput(`baseline of ${method.name}`, "one input", `${count}`);
    return;
  }
  if (!names.includes(choice)) throw badInput(`baseline of ${method.name}`, `one of ${names.join(", ")}`, choice);
  if (choice === "zero" || choice === "mean" || photoAxes(model) !== undefined) return;
  const input = `[${model.input.dims?.join(", ")}]`;
  throw new FoveaError(
    "bad-input",
    `baseline: expected zero or a tensor for the input ${input}, which is no picture of 1, 3 or 4 channels, got ${choice}`,
  );
}

/** What the reader of a map should know about where ways began. */
export function baselineNotes(
  method: CamMethod,
  model: Model,
  { baseline: choice, noise = 0 }: { readonly baseline?: Baseline | undefined; readonly noise?: number | undefined },
): string[] {
  const start = chosenBaseline(method, model, choice);
  const drawn = drawsBaselines(method);
  const others = [...baselinesOf(method).filter((name) => name !== start), ...(drawn ? ["images"] : [])].join(", ");
  const hint = choice === undefined ? `; another baseline (${others}) gives another map` : "";
  if (isPassMethod(method))
    return [`${method.title} hides superpixels by ${described(model, start, drawn)}${hint}`.replace(/,+(;|$)/, "$1")];
  const what = whatItMeans(start, drawn);
  const note = `${method.title} from ${described(model, start, drawn)} to the image: ${what}${hint}`;
  return drawn ? [note, samplingNote(startsOf(start).length, noise)] : [note];
}

/** What a baseline makes of a map. */
function whatItMeans(start: Baseline, drawn: boolean): string {
  if (start instanceof Tensor)
    return (start.dims[0] ?? 1) > 1 ? "they tell what sets the image apart" : "they tell what differs between the two";
  return start === "several" && drawn ? "what looks like one of these gets less" : "what looks like that gets nothing";
}

function samplingNote(starts: number, noise: number): string {
  const least = starts > 1 ? "the mean score of the baselines" : "the score of the baseline";
  return `the attribution should add up to the score less ${least}: what is missing is the error of sampling, which more samples make smaller${noise > 0 ? ", and the effect of the noise" : ""}`;
}

/** Whether each sample has a baseline of its own. */
export function drawsBaselines(method: CamMethod): boolean {
  return "sampling" in method && method.sampling(1, random(1)).some(({ start }) => start !== undefined);
}

function described(model: Model, start: Baseline, drawn: boolean): string {
  if (start instanceof Tensor) return givenInputs(start.dims[0] ?? 1, drawn);
  if (start === "several")
    return `${list(several)}, ${drawn ? "one drawn for each sample," : "the mean over the three ways"}`;
  if (start === "mean") return "the mean colour of each";
  if (start === "blur") return "the blurred image";
  if (start !== "zero") return `a ${start} image`;
  return `zeros in the network's input${photoAxes(model) === undefined ? "" : `, ${colourOfZero(preprocessingOf(model).preprocessing)},`}`;
}

function givenInputs(count: number, drawn: boolean): string {
  if (count === 1) return "the given input";
  return `the ${count} given inputs, ${drawn ? "one drawn for each sample," : `the mean over the ${count} ways`}`;
}

/** The colour that zeros in the network's input stand for, in words. */
function colourOfZero({ mean, scale, channels, order }: Preprocessing): string {
  const pixels = mean.slice(0, channels === 1 ? 1 : 3).map((value) => Math.round(value / scale));
  if (pixels.every((pixel) => pixel <= 0)) return "which are black";
  if (order === "bgr") pixels.reverse();
  return channels === 1 ? `which are the grey ${pixels[0]} of 255` : `which are the colour rgb(${pixels.join(", ")})`;
}
