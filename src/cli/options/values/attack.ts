/** @file The study that the options of `fovea attack` ask for. */

import type { AttackMethod } from "../../../evaluate/attack/attack-methods.js";
import type { AttackStudyOptions } from "../../../evaluate/attack/attack-study.js";
import { FoveaError } from "../../../foundation/error.js";
import type { Model } from "../../../model/model.js";
import type { AttackFlags } from "../attack-options.js";
import { numberFrom } from "../numbers.js";
import { fixedClass } from "./classes.js";

/** An attack as the library takes it. */
export type AttackStudy = AttackStudyOptions & { readonly method: AttackMethod; readonly eps: number };

/** @throws FoveaError `bad-input` for a size or a class that is none, and for steps of a method without */
export function attackStudy(model: Model, flags: AttackFlags): AttackStudy {
  const { method, eps, steps, stepSize, seed, target } = flags;
  if (method === "fgsm" && (steps !== undefined || stepSize !== undefined))
    throw new FoveaError("bad-input", "--steps, --step-size: expected none for fgsm, which takes one step of size eps");
  const complaint = '--target: expected a label or an index, got "predicted"';
  return {
    ...{ method, eps: numberFrom("--eps", eps), seed },
    ...(steps === undefined ? {} : { steps }),
    ...(stepSize === undefined ? {} : { stepSize }),
    ...(target === undefined ? {} : { target: fixedClass(model, target, complaint) }),
  };
}
