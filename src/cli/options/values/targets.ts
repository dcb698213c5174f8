/** @file The targets that options ask for: a difference, a position, a mask, a similarity. */

import type { LoadedModel } from "../../../explain/loaded-model.js";
import { FoveaError, naming } from "../../../foundation/error.js";
import { floatMap } from "../../../image/map/heatmap.js";
import { toGrey } from "../../../image/picture/picture.js";
import { resizeMap } from "../../../image/picture/resize.js";
import type { Model } from "../../../model/model.js";
import { classMinus } from "../../../model/targets/class-minus.js";
import { maskMean } from "../../../model/targets/mask-mean.js";
import { targetOfTask } from "../../../model/targets/of-task.js";
import { outputOf } from "../../../model/targets/output.js";
import { outputScores } from "../../../model/targets/output-scores.js";
import { similarityTo } from "../../../model/targets/similarity.js";
import type { Target } from "../../../model/targets/target.js";
import { dimsOf } from "../../../onnx/graph.js";
import { float32 } from "../../../onnx/tensor.js";
import { readInput } from "../../inputs/read-input.js";
import { platform, runtime } from "../../platform.js";
import { givenTargets, type TargetFlags, type TargetName } from "../target-options.js";
import { fixedClass } from "./classes.js";

/** Makes the target of an option's value. @throws FoveaError `bad-input`, `unknown-name` */
type MakeTarget = (text: string, model: LoadedModel, flags: TargetFlags) => Target | Promise<Target>;

const makers: Readonly<Record<TargetName, MakeTarget>> = {
  minus: (text, model) => classMinus(fixedClass(model, text, "--minus predicted: expected a class by name or index")),
  mask: async (text, model, { output }) => maskMean(await maskFor(model, text, output), { output }),
  similarTo: (text, model, { output }) =>
    naming(text, async () => {
      const { input } = await readInput(model, { path: text });
      return similarityTo(await outputOf(model, input, runtime, { output }), { output });
    }),
  at: (_text, _model, flags) => scoresOf(flags),
  scores: (_text, _model, flags) => scoresOf(flags),
};

/**
 * The model with the options' target as its scores; without one what its task says.
 * @throws FoveaError `bad-input` for options that contradict each other
 */
export async function targetedModel(model: LoadedModel, flags: TargetFlags): Promise<LoadedModel> {
  const given = givenTargets(flags);
  if (given.length > 1) {
    throw new FoveaError("bad-input", `${given.map(({ name }) => name).join(" and ")}: expected one of them`);
  }
  const [target] = given;
  if (target) return model.explaining(await makers[target.key](target.text, model, flags));
  const usual = targetOfTask(model);
  return usual ? model.explaining(usual) : model;
}

function scoresOf({ output, at, scores }: TargetFlags): Target {
  return outputScores({ output, at: positionFrom(at), from: rangeFrom(scores) });
}

function positionFrom(text: string | undefined): Record<number, number | "max"> {
  const parts = (text ?? "").split(",").filter((part) => part.trim() !== "");
  return Object.fromEntries(
    parts.map((part) => {
      const match = /^\s*(\d+)=(\d+|max)\s*$/.exec(part);
      if (match) return [Number(match[1]), match[2] === "max" ? "max" : Number(match[2])];
      throw new FoveaError("bad-input", `--at: expected AXIS=INDEX or AXIS=max with commas between, got "${text}"`);
    }),
  );
}

function rangeFrom(text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+):(\d+)$/.exec(text);
  if (match) return [Number(match[1]), Number(match[2])];
  throw new FoveaError("bad-input", `--scores: expected FROM:TO, got "${text}"`);
}

/** White is 1, black 0, brought to the size of the output. */
async function maskFor(model: Model, path: string, output: string | undefined) {
  const dims = dimsOf(model.graph, output ?? model.scores) ?? [];
  const [, , height, width] = dims;
  if (dims.length !== 4 || typeof height !== "number" || typeof width !== "number") {
    const got = `${output ?? model.scores} [${dims.join(", ")}]`;
    throw new FoveaError(
      "bad-input",
      `--mask: expected an output [N, classes, height, width] of known size, got ${got}`,
    );
  }
  const { width: across, height: down, pixels } = toGrey(await platform.decode(path));
  const values = Float32Array.from(pixels, (value) => value / 255);
  return float32([height, width], resizeMap(floatMap(across, down, values), width, height).values);
}
