/** @file What a report is made of, and how. */

import type { ImageExplainer, LoadedModel } from "../explain/loaded-model.js";
import type { Protocol } from "../improve/protocol/parse-protocol.js";
import type { Platform } from "../model/platform.js";
import type { ObservationStore } from "./collect/observe/observation.js";
import type { ReportData } from "./report-data.js";

/** A model with its name in the report. */
export interface NamedModel {
  readonly name: string;
  readonly model: LoadedModel;
}

/** What a report shows, and how it is made. */
export interface MakeReportOptions<Named extends NamedModel = NamedModel> {
  /** Computes and writes pictures; its `versions` are printed. */
  readonly platform: Platform;
  /** When the report is made, printed as given, e.g. `2026-01-31`. */
  readonly date: string;
  /** How models and data are called on a command line, without folders. Default: placeholders. */
  readonly names?: ReportData["names"];
  /** The commands that make this report again, after those that trained the models. */
  readonly commands: readonly string[];
  /** Default: that the same seed gives the same weights. */
  readonly notes?: readonly string[];
  /** Default: the models on the data. */
  readonly title?: string | undefined;
  /** How many errors of each model to show. Default 48. */
  readonly errors?: number;
  /** Default `auto`. */
  readonly layer?: string;
  /** Default `grad-cam`. */
  readonly method?: string;
  /** Also attack the models. Default false. */
  readonly attack?: boolean;
  /** Also measure how far their maps can be trusted. Default false. */
  readonly trust?: boolean;
  /** What `fovea improve` found of the last of the models, or of the model that it improves. Default: nothing. */
  readonly protocol?: Protocol | undefined;
  /** For each model, the class of the data that each of its own is. Default: the same, in the same order. */
  readonly classes?: readonly (readonly number[])[] | undefined;
  /** Gives the store that keeps the observations of a model. Default: nothing is kept. */
  readonly storeFor?: ((named: Named, explainer: ImageExplainer) => ObservationStore) | undefined;
  /** Called as images are done, over all models. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal?: AbortSignal;
}
