/** @file `fovea attack`: how little a prediction hangs on, and what becomes of its explanation. */

import { Command, Option } from "commander";
import { type AttackMethod, attackMethods, createAttack } from "../../evaluate/attack/attack.js";
import { type AttackStudyOptions, attackImages, summariseAttack } from "../../evaluate/attack/attack-study.js";
import { picturesOf } from "../../evaluate/trial/input-pixels.js";
import type { Explainer } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError, naming } from "../../foundation/error.js";
import { encodePng } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { className } from "../../model/class-names.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { attackFigure } from "../attack/attack-figure.js";
import { type AttackBatch, attackedEnding, attackInputs } from "../attack/attack-inputs.js";
import { type AttackResult, describeResult, printResults, printSummary } from "../attack/print-attack.js";
import { modelAt, modelLine, type NamedModel } from "../inputs/models.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  numberFrom,
  wholeNumber,
  withLayerOptions,
  withModelOptions,
} from "../options/model-options.js";
import { runtime } from "../platform.js";
import { exitCodes, note, print, printJson, progressBar, runCommand } from "../terminal/console.js";
import { classChoice } from "./explain.js";

interface AttackCommandOptions extends ModelOptions, LayerFlags {
  readonly model?: string;
  readonly method: AttackMethod;
  readonly eps: string;
  readonly steps?: number;
  readonly stepSize?: string;
  readonly target?: string;
  readonly seed: string;
  readonly count: number;
  readonly batch?: number;
  readonly out: string;
  readonly figure?: boolean;
  readonly rows: number;
  readonly json?: boolean;
}

const help = `
This is for measuring a model of your own: how far its answers, and its explanations, can be trusted.
No pixel moves by more than eps. The attacked images are written as PNG at the network's input size, and what is printed was
measured on exactly what they hold. The true class is the data set's label; of pictures the class predicted before.
Examples:
  fovea attack mnist --eps 0.3 --steps 40 --step-size 0.01 --count 200
  fovea attack digits --method fgsm --eps 0.1 --json > attack.json
  fovea attack photos --model resnet50.onnx --eps 8/255 --steps 10 --figure
  fovea attack dog.jpg --model resnet50.onnx --target "tabby cat" --figure --out attacked`;

export function attackCommand(): Command {
  const command = new Command("attack")
    .description(
      "Measure how robust your own model is: perturb images by FGSM or PGD, and compare predictions and maps before and after.",
    )
    .argument("<inputs...>", "image files, folders of them or quoted patterns; or mnist, fashion-mnist or digits")
    .option("--model <file>", "an ONNX file; default the embedded digit model")
    .addOption(new Option("--method <name>", "how the images are perturbed").choices(attackMethods).default("pgd"))
    .option("--eps <size>", "how far a pixel may move, where 0 is black and 1 white", "8/255")
    .option("--steps <n>", "steps of PGD (default: 40)", wholeNumber("--steps", 1))
    .option("--step-size <size>", "how far a step of PGD goes (default: 2.5 eps / steps)")
    .option("--target <class>", "aim at this class, a label or an index; default: any but the true one")
    .option("--seed <seed>", "of PGD's random start", "1")
    .option("--count <n>", "how many images of a data set", wholeNumber("--count", 1), 200)
    .option("--batch <n>", "images per run (default: 128 of a data set, 8 pictures)", wholeNumber("--batch", 1))
    .option("--out <folder>", "where the attacked images go", "attacked")
    .option("--figure", "also draw the image, the perturbation, and the maps before and after")
    .option("--rows <n>", "how many images to list", wholeNumber("--rows", 0), 20)
    .option("--json", "print everything as JSON");
  return withModelOptions(withLayerOptions(command))
    .addHelpText("after", help)
    .action((given: string[], options: AttackCommandOptions) => runCommand(() => attack(given, options)));
}

/** What an attack needs, made before it begins. */
interface Attack {
  readonly named: NamedModel;
  readonly study: Study;
  readonly steps: number;
  readonly inputs: Awaited<ReturnType<typeof attackInputs>>;
  readonly explainer: Explainer;
  readonly engine: Awaited<ReturnType<typeof createAttack>>;
  readonly options: AttackCommandOptions;
}

/** How far it came. */
interface Attacked {
  readonly results: AttackResult[];
  readonly failures: string[];
  interrupted: boolean;
}

async function attack(given: readonly string[], options: AttackCommandOptions): Promise<number> {
  const named = await modelAt(options.model, await loadOptions(options));
  const { model } = named;
  const study = studyOptions(options);
  if (options.target !== undefined) study.target = targetNamed(options.target, (text) => classChoice(model, text));
  const inputs = await attackInputs(named, given, options);
  const explainer = await model.explainer(layerOptions(options));
  const engine = await naming(named.path, () => createAttack(model, { runtime }));
  const steps = study.method === "fgsm" ? 1 : (study.steps ?? 40);
  const job: Attack = { named, study, steps, inputs, explainer, engine, options };
  const attacked: Attacked = { results: [], failures: [], interrupted: false };
  try {
    await attackAll(job, attacked);
  } finally {
    await engine.close();
    await explainer.close();
  }
  if (options.json) printAsJson(job, attacked);
  else if (attacked.results.length > 0) printAsText(job, attacked);
  return noteFailures(inputs.total, attacked);
}

/** Thrown between two steps after Ctrl-C. */
class Interrupted extends Error {}

/** Attacks batch by batch; after Ctrl-C it ends before the next step, and what was written stays. */
async function attackAll({ study, steps, inputs, explainer, engine, options }: Attack, so: Attacked): Promise<void> {
  const bar = progressBar(
    "attacking [{bar}] {value}/{total} images, step {step} of {steps}, {eta_formatted} left",
    inputs.total,
    { step: 0, steps },
  );
  const interrupt = () => {
    so.interrupted = true;
  };
  process.once("SIGINT", interrupt);
  try {
    for await (const batch of inputs.batches()) {
      so.failures.push(...batch.failures.map(({ message }) => message));
      const done = so.results.length + so.failures.length;
      const onStep = (step: number) => {
        if (so.interrupted) throw new Interrupted();
        bar.update(Math.min(done, inputs.total), { step: step + 1 });
      };
      if (batch.inputs.length > 0) {
        const labels = batch.labels ? { labels: batch.labels } : {};
        const attacked = await attackImages(explainer, engine, batch.images, { ...study, ...labels, onStep });
        so.results.push(...(await written(batch, attacked, explainer, study.eps, options)));
      }
      bar.update(so.results.length + so.failures.length);
      if (so.interrupted) break;
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    process.off("SIGINT", interrupt);
    bar.stop();
  }
}

/** Says what failed, and gives the exit code. */
function noteFailures(total: number, { results, failures, interrupted }: Attacked): number {
  for (const failure of failures) note(`fovea: ${failure}`);
  if (failures.length > 0) note(`fovea: ${failures.length} of ${total} inputs failed`);
  if (interrupted) {
    note(`fovea: stopped after ${results.length + failures.length} of ${total} inputs`);
    return exitCodes.interrupted;
  }
  if (results.length === 0) return exitCodes.badInput;
  return failures.length > 0 ? exitCodes.partly : exitCodes.done;
}

function summaryOf({ study }: Attack, { results }: Attacked) {
  return summariseAttack(
    results.map(({ outcome }) => outcome),
    study.target,
  );
}

function printAsJson(job: Attack, attacked: Attacked): void {
  const { named, study, steps, inputs, explainer } = job;
  const { method, eps, seed, target } = study;
  const stepSize = method === "fgsm" ? eps : (study.stepSize ?? (2.5 * eps) / steps);
  const made = { method, eps, steps, stepSize, seed, ...(target === undefined ? {} : { target }) };
  const results = attacked.results.map((result) => describeResult(named.model, result));
  printJson({
    ...{ model: named.path, data: inputs.source, layer: explainer.layer.name, attack: made },
    ...{ results, summary: summaryOf(job, attacked), failures: attacked.failures },
  });
}

function printAsText(job: Attack, attacked: Attacked): void {
  const { named, study, inputs, options } = job;
  const { results } = attacked;
  const { width, height } = preprocessingOf(named.model).preprocessing;
  print(modelLine(named));
  print(`${describeAttack(options)}, on ${inputs.source}`);
  for (const assumed of inputs.assumed) note(assumed);
  print();
  printResults(named.model, results, options.rows);
  const target = study.target === undefined ? undefined : className(named.model, study.target);
  printSummary(summaryOf(job, attacked), target);
  print(`wrote ${results.length} attacked images at the network's input size, ${width}x${height}, to ${options.out}`);
}

type Study = { -readonly [Key in keyof AttackStudyOptions]: AttackStudyOptions[Key] } & {
  readonly method: AttackMethod;
  readonly eps: number;
};

function studyOptions({ method, eps, steps, stepSize, seed }: AttackCommandOptions): Study {
  if (method === "fgsm" && (steps !== undefined || stepSize !== undefined))
    throw new FoveaError("bad-input", "--steps, --step-size: expected none for fgsm, which takes one step of size eps");
  return {
    ...{ method, eps: within("--eps", eps), seed },
    ...(steps === undefined ? {} : { steps }),
    ...(stepSize === undefined ? {} : { stepSize: within("--step-size", stepSize) }),
  };
}

/** A share of the range of pixels. */
function within(flag: string, text: string): number {
  const value = numberFrom(flag, text);
  if (value > 0 && value <= 1) return value;
  throw new FoveaError("bad-input", `${flag}: expected more than 0 and at most 1, e.g. 8/255, got "${text}"`);
}

function targetNamed(text: string, choose: (text: string) => number | "predicted"): number {
  const choice = choose(text);
  if (choice !== "predicted") return choice;
  throw new FoveaError("bad-input", '--target: expected a label or an index, got "predicted"');
}

function describeAttack({ method, eps, steps = 40 }: AttackCommandOptions): string {
  return method === "fgsm" ? `FGSM, eps ${eps}` : `PGD, eps ${eps}, ${steps} steps`;
}

/** Writes a batch's images, and figures if wanted. */
async function written(
  batch: AttackBatch,
  attacked: Awaited<ReturnType<typeof attackImages>>,
  explainer: Explainer,
  eps: number,
  options: AttackCommandOptions,
): Promise<AttackResult[]> {
  const { model } = explainer;
  const [before, after] = [batch.images, attacked.images].map((images) => picturesOf(model, images)) as [
    Picture[],
    Picture[],
  ];
  const now = options.figure ? await explainer.explain(attacked.images) : undefined;
  const results: AttackResult[] = [];
  for (const [index, { name, stem, notes }] of batch.inputs.entries()) {
    const path = `${stem}${attackedEnding}`;
    const figure = now && `${stem}.fovea.png`;
    const pictures = { before: before[index] as Picture, after: after[index] as Picture };
    await writeFileAtomically(path, await encodePng(pictures.after));
    if (now && figure) {
      const drawn = { model, name, attack: describeAttack(options), eps, ...pictures, attacked, now, index };
      await writeFileAtomically(figure, await attackFigure(drawn));
    }
    const outcome = attacked.outcomes[index] as AttackResult["outcome"];
    results.push({ name, notes, outcome, attacked: path, figure });
  }
  return results;
}
