/** @file Options of targets besides classes: a difference, a position, a mask, a similarity. */

import type { Command } from "commander";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { FoveaError } from "../../foundation/error.js";
import { floatMap } from "../../image/map/heatmap.js";
import { decodeImage } from "../../image/node.js";
import { toGrey } from "../../image/picture/picture.js";
import { resizeMap } from "../../image/picture/resize.js";
import type { Model } from "../../model/model.js";
import { maskMean } from "../../model/targets/mask-mean.js";
import { outputOf } from "../../model/targets/output.js";
import { outputScores } from "../../model/targets/output-scores.js";
import { similarityTo } from "../../model/targets/similarity.js";
import type { Target } from "../../model/targets/target.js";
import { dimsOf } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import { readInput } from "../inputs/read-input.js";
import { runtime } from "../platform.js";

export interface TargetFlags {
  readonly output?: string;
  readonly minus?: string;
  readonly at?: string;
  readonly scores?: string;
  readonly mask?: string;
  readonly similarTo?: string;
}

export function withTargetOptions(command: Command): Command {
  return command
    .option("--minus <class>", "explain each class's score minus that of this class")
    .option(
      "--at <axis=index,...>",
      "explain the scores at a position of the output: 2=10,3=5 for a pixel or a cell, 2=max for the surest box",
    )
    .option("--scores <from:to>", "which of the numbers there are the class scores, e.g. 5:85 behind four coordinates")
    .option("--mask <file>", "explain the mean of a segmentation output over the white part of this image")
    .option("--similar-to <image>", "explain how similar the output is to that of another image");
}

/**
 * The model with the options' target as its scores; the model itself without one.
 * @param classMinus finds a class by name
 * @throws FoveaError `bad-input` for options that contradict each other
 */
export async function targetedModel(
  model: LoadedModel,
  flags: TargetFlags,
  classMinus: (other: string) => Target,
): Promise<LoadedModel> {
  const { minus, at, scores, mask, similarTo } = flags;
  const targetFlags = Object.entries({
    "--minus": minus,
    "--mask": mask,
    "--similar-to": similarTo,
    "--at": at ?? scores,
  })
    .filter(([, value]) => value !== undefined)
    .map(([flag]) => flag);
  if (targetFlags.length > 1) throw new FoveaError("bad-input", `${targetFlags.join(" and ")}: expected one of them`);
  const target = await targetOf(model, flags, classMinus);
  return target ? model.explaining(target) : model;
}

async function targetOf(
  model: LoadedModel,
  { output, minus, at, scores, mask, similarTo }: TargetFlags,
  classMinus: (other: string) => Target,
): Promise<Target | undefined> {
  if (minus !== undefined) return classMinus(minus);
  if (mask !== undefined) return maskMean(await maskFor(model, mask, output), { output });
  if (similarTo !== undefined) {
    const { input } = await readInput(model, similarTo);
    return similarityTo(await outputOf(model, input, runtime, { output }), { output });
  }
  if (at === undefined && scores === undefined) return undefined;
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
  const { width: across, height: down, pixels } = toGrey(await decodeImage(path));
  const values = Float32Array.from(pixels, (value) => value / 255);
  return float32([height, width], resizeMap(floatMap(across, down, values), width, height).values);
}
