/** @file What the kinds of trainers have in common. */

import type { Model } from "../../../model/model.js";
import type { Runtime } from "../../../runtime/session.js";
import type { Head } from "../../../train/trainable.js";
import type { Subject, Trainer } from "../../subject.js";

/** What a trainer needs besides the model. */
export interface TrainerParts {
  readonly runtime: Runtime;
  /** Pixels as the model's input. */
  readonly input: Subject["input"];
}

/** A way of training models again; undefined for a model that it does not fit. */
export type TrainerKind = (model: Model, parts: TrainerParts) => Trainer | undefined;

/** How the model's scores become probabilities. */
export function headOf({ oneScore }: Model): Head {
  return oneScore ? "sigmoid" : "softmax";
}
