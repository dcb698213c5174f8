/** @file The models that are served, each with its name in addresses. */

import type { LoadModelOptions } from "../../explain/loaded-model.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { plainTensors } from "../../runtime/isolated/plain-tensor.js";
import type { ModelPlan, PlainLoadOptions } from "../../serve/api/engine/messages.js";
import { modelFile } from "../inputs/model-file.js";
import { modelName } from "../inputs/models.js";
import type { Job } from "../terminal/job.js";

/**
 * @param names in the order of the models; those that have none are called as their files
 * @throws FoveaError `bad-input` for names that addresses cannot hold, or that two models share; the errors of `modelFile`
 */
export async function plansOf(
  job: Job,
  models: readonly string[],
  names: readonly string[],
  options: LoadModelOptions,
): Promise<ModelPlan[]> {
  if (names.length > models.length)
    throw new FoveaError(
      "bad-input",
      `--name: expected at most ${models.length}, one for each model, got ${names.length}`,
    );
  const called = models.map((model, i) => names[i] ?? nameFrom(model));
  checkNames(called);
  const plans: ModelPlan[] = [];
  for (const [i, model] of models.entries())
    plans.push({ name: called[i] ?? "", file: await modelFile(job, model), options: plainOptions(options) });
  return plans;
}

/** A file's name with what addresses may hold. */
function nameFrom(model: string): string {
  return modelName(model)
    .replace(/\.(keras|h5|json)$/i, "")
    .replaceAll(/[^\w.-]+/g, "-");
}

function checkNames(names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    if (!/^\w[\w.-]{0,99}$/.test(name))
      throw new FoveaError("bad-input", `--name: expected letters, digits, dots, - and _, got ${shortened(name)}`);
    if (names.indexOf(name) < i)
      throw new FoveaError("bad-input", `--name: expected another name for each model, got ${shortened(name)} twice`);
  }
}

function plainOptions({ labels, output, task, texts, preprocessing, inputs }: LoadModelOptions): PlainLoadOptions {
  return { labels, output, task, texts, preprocessing, ...(inputs ? { inputs: plainTensors(inputs) } : {}) };
}
