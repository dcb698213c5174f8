/** @file Attacks a model on images, writes the attacked ones, and compares predictions and maps before and after. */

import { createAttack } from "../../evaluate/attack/attack.js";
import { attackImages, summariseAttack } from "../../evaluate/attack/attack-study.js";
import type { Explainer } from "../../explain/options.js";
import { naming } from "../../foundation/error.js";
import { className } from "../../model/class-names.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { imagesGiven, presentFiles } from "../inputs/given-images.js";
import { modelAmong } from "../inputs/model-among.js";
import { modelAt, modelLine, type NamedModel } from "../inputs/models.js";
import { tryModel } from "../inputs/try-model.js";
import { type AttackFlags, describeAttack } from "../options/attack-options.js";
import { layerOptions, loadOptions } from "../options/model-options.js";
import { type AttackStudy, attackStudy } from "../options/values/attack.js";
import { runtime } from "../platform.js";
import type { Job, OnProgress } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { type AttackBatch, type AttackInputs, attackInputs } from "./attack-inputs.js";
import { type AttackResult, describeResult, printResults, printSummary } from "./print-attack.js";
import { writeAttacked } from "./write-attacked.js";

/** All that an attack needs, made before it begins. */
interface Attack {
  readonly named: NamedModel;
  readonly study: AttackStudy;
  readonly steps: number;
  readonly inputs: AttackInputs;
  readonly explainer: Explainer;
  readonly engine: Awaited<ReturnType<typeof createAttack>>;
  readonly flags: AttackFlags;
}

/** @returns the exit code */
export async function attack(job: Job, args: readonly string[], flags: AttackFlags): Promise<number> {
  const { model, inputs: given } = modelAmong(args, flags.model, "fovea attack");
  const opened = await modelAt(job, model, await loadOptions(flags));
  const images = await imagesGiven(given);
  const named = await tryModel(job, opened, presentFiles(images.files));
  const study = attackStudy(named.model, flags);
  const inputs = await attackInputs(job, named, images, flags);
  const explainer = await named.model.explainer(layerOptions(flags));
  const engine = await naming(named.path, () => createAttack(named.model, { runtime }));
  const steps = study.method === "fgsm" ? 1 : (study.steps ?? 40);
  const whole: Attack = { named, study, steps, inputs, explainer, engine, flags };
  const results: AttackResult[] = [];
  try {
    await job.each({ what: "attacking", total: inputs.total }, inputs.batches, async (batch, onProgress) => {
      job.fail(...batch.failures.map(({ message }) => message));
      if (batch.inputs.length > 0) results.push(...(await attackBatch(job, whole, batch, onProgress, results.length)));
      return batch.inputs.length + batch.failures.length;
    });
  } finally {
    await engine.close();
    await explainer.close();
  }
  if (job.format === "json") printAsJson(job, whole, results);
  else if (results.length > 0) printAsText(whole, results);
  const { total } = inputs;
  return job.end({
    failed: `of ${total} inputs failed`,
    stopped: `fovea: stopped after ${results.length + job.failures.length} of ${total} inputs`,
    nothing: results.length === 0,
  });
}

/**
 * Attacks the images of a batch and writes them; Ctrl-C breaks that off between two steps.
 * @param done how many images came before
 */
async function attackBatch(
  job: Job,
  { study, steps, inputs, explainer, engine, flags }: Attack,
  batch: AttackBatch,
  onProgress: OnProgress,
  done: number,
): Promise<AttackResult[]> {
  const onStep = (step: number) => {
    job.signal.throwIfAborted();
    const before = done + job.failures.length;
    onProgress(before, inputs.total, `${before} of ${inputs.total} images, step ${step + 1} of ${steps}`);
  };
  const labels = batch.labels ? { labels: batch.labels } : {};
  const attacked = await attackImages(explainer, engine, batch.images, { ...study, ...labels, onStep });
  return writeAttacked(batch, attacked, explainer, { eps: study.eps, flags });
}

function summaryOf({ study }: Attack, results: readonly AttackResult[]) {
  return summariseAttack(
    results.map(({ outcome }) => outcome),
    study.target,
  );
}

function printAsJson({ failures }: Job, whole: Attack, results: readonly AttackResult[]): void {
  const { named, study, steps, inputs, explainer } = whole;
  const { method, eps, seed, target } = study;
  const stepSize = method === "fgsm" ? eps : (study.stepSize ?? (2.5 * eps) / steps);
  const attackSettings = { method, eps, steps, stepSize, seed, ...(target === undefined ? {} : { target }) };
  printJson({
    ...{ model: named.path, data: inputs.source, layer: explainer.layer.name, attack: attackSettings },
    notes: [...named.model.notes, ...inputs.assumed],
    results: results.map((result) => describeResult(named.model, result)),
    ...{ summary: summaryOf(whole, results), failures },
  });
}

function printAsText(whole: Attack, results: readonly AttackResult[]): void {
  const { named, study, inputs, flags } = whole;
  const { width, height } = preprocessingOf(named.model).preprocessing;
  print(modelLine(named));
  print(`${describeAttack(flags)}, on ${inputs.source}`);
  for (const each of [...named.model.notes, ...inputs.assumed]) note(each);
  print();
  printResults(named.model, results, flags.rows);
  const target = study.target === undefined ? undefined : className(named.model, study.target);
  printSummary(summaryOf(whole, results), target);
  print(`wrote ${results.length} attacked images at the network's input size, ${width}x${height}, to ${flags.out}`);
}
