/** @file Proves that a model is explained rightly. */

import { checkModel } from "../../explain/prove/check-model.js";
import { naming } from "../../foundation/error.js";
import { untouchedModel } from "../../model/node.js";
import { modelAt } from "../inputs/models.js";
import { devicesFrom } from "../options/device-option.js";
import { type LayerFlags, layerOptions, loadOptions, type ModelOptions } from "../options/model-options.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { printJson } from "../terminal/print.js";
import { checkDevices } from "./check-devices.js";
import { printCheck } from "./print-check.js";

export interface CheckFlags extends ModelOptions, LayerFlags {
  readonly seed: number;
  readonly json?: boolean;
}

/** @returns the exit code */
export async function check(job: Job, path: string, flags: CheckFlags): Promise<number> {
  const asked = devicesFrom(flags);
  const { name, model, file } = await modelAt(job, path, await loadOptions(flags));
  const source = await untouchedModel(file);
  const checking = { runtime, seed: flags.seed, ...layerOptions(flags) };
  const proved = await naming(path, () => checkModel(model, { source, ...checking }));
  const { devices, missing } = await naming(path, () => checkDevices(job, model, asked, checking));
  const result = { ...proved, devices, passed: proved.passed && devices.every(({ passed }) => passed) };
  if (job.format === "json") printJson(result);
  else printCheck(name, result);
  return job.end({ partly: missing || !result.passed });
}
