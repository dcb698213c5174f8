/** @file The table of options that choose a target: a difference, a position, a mask, a similarity. */

import type { Command } from "commander";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { FoveaError, naming } from "../../foundation/error.js";
import { floatMap } from "../../image/map/heatmap.js";
import { toGrey } from "../../image/picture/picture.js";
import { resizeMap } from "../../image/picture/resize.js";
import type { Model } from "../../model/model.js";
import { classMinus } from "../../model/targets/class-minus.js";
import { maskMean } from "../../model/targets/mask-mean.js";
import { targetOfTask } from "../../model/targets/of-task.js";
import { outputOf } from "../../model/targets/output.js";
import { outputScores } from "../../model/targets/output-scores.js";
import { similarityTo } from "../../model/targets/similarity.js";
import type { Target } from "../../model/targets/target.js";
import { dimsOf } from "../../onnx/graph.js";
import { float32 } from "../../onnx/tensor.js";
import { readInput } from "../inputs/read-input.js";
import { platform, runtime } from "../platform.js";
import { fixedClass } from "./class-option.js";

/** The values of options that say what is explained of the same output. */
interface OutputFlags {
  readonly output?: string;
  readonly at?: string;
  readonly scores?: string;
}

/** A target as an option of the command line. */
interface TargetOption {
  /** With what it takes, as --help shows it. */
  readonly flag: string;
  readonly does: string;
  /** The scores are those of classes, whose probabilities can be measured. */
  readonly ofClasses: boolean;
  /** The option whose target this one only narrows: both may be given. Default none. */
  readonly narrows?: string;
  /** Makes the target of the option's value. @throws FoveaError `bad-input`, `unknown-name` */
  readonly make: (text: string, model: LoadedModel, flags: OutputFlags) => Target | Promise<Target>;
}

/** All of them, by the names that the parser gives their values. */
export const targetOptions = {
  minus: {
    flag: "--minus <class>",
    does: "explain each class's score minus that of this class",
    ofClasses: false,
    make: (text, model) => classMinus(fixedClass(model, text, "--minus predicted: expected a class by name or index")),
  },
  mask: {
    flag: "--mask <file>",
    does: "explain the mean of a segmentation output over the white part of this image",
    ofClasses: false,
    make: async (text, model, { output }) => maskMean(await maskFor(model, text, output), { output }),
  },
  similarTo: {
    flag: "--similar-to <image>",
    does: "explain how similar the output is to that of another image",
    ofClasses: false,
    make: (text, model, { output }) =>
      naming(text, async () => {
        const { input } = await readInput(model, { path: text });
        return similarityTo(await outputOf(model, input, runtime, { output }), { output });
      }),
  },
  at: {
    flag: "--at <axis=index,...>",
    does: "explain the scores at a position of the output: 2=10,3=5 for a pixel or a cell, 2=max for the surest box",
    ofClasses: true,
    make: (_text, _model, flags) => scoresOf(flags),
  },
  scores: {
    flag: "--scores <from:to>",
    does: "which of the numbers there are the class scores, e.g. 5:85 behind four coordinates",
    ofClasses: true,
    narrows: "--at",
    make: (_text, _model, flags) => scoresOf(flags),
  },
} as const satisfies Readonly<Record<string, TargetOption>>;

export type TargetFlags = Pick<OutputFlags, "output"> & {
  readonly [Name in keyof typeof targetOptions]?: string;
};

/** A target that the user asks for. */
interface GivenTarget extends Pick<TargetOption, "ofClasses" | "make"> {
  /** The option that messages name: of two that make one target together the first. */
  readonly name: string;
  readonly text: string;
}

export function withTargetOptions(command: Command): Command {
  return Object.values(targetOptions).reduce((all, { flag, does }) => all.option(flag, does), command);
}

/** The targets that the options ask for, of which a model takes one. */
export function givenTargets(flags: TargetFlags): GivenTarget[] {
  const given = new Map<string, GivenTarget>();
  for (const [key, option] of Object.entries<TargetOption>(targetOptions)) {
    const text = flags[key as keyof typeof targetOptions];
    const name = option.narrows ?? option.flag.replace(/ .*/, "");
    if (text !== undefined && !given.has(name)) given.set(name, { ...option, name, text });
  }
  return [...given.values()];
}

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
  if (target) return model.explaining(await target.make(target.text, model, flags));
  const usual = targetOfTask(model);
  return usual ? model.explaining(usual) : model;
}

function scoresOf({ output, at, scores }: OutputFlags): Target {
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
