/** @file Tells the results of `fovea explain`, as text or for programs. */

import type { Explainer } from "../../explain/options.js";
import type { ModelCheck } from "../../explain/prove/check-model.js";
import { type FoveaError, namedError } from "../../foundation/error.js";
import { printCheck } from "../check/print-check.js";
import type { NamedModel } from "../inputs/models.js";
import { describedRecipe } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { printJson, printLines } from "../terminal/print.js";
import { describeResult, type Printing, printExplanation, resultLines, runLines } from "./print-results.js";
import type { Result } from "./result/result.js";

export interface ReporterOptions extends Printing {
  readonly named: NamedModel;
  readonly explainer: Explainer;
  /** There may be more than one input: they get a line each. */
  readonly many: boolean;
}

export class Reporter {
  readonly #job: Job;
  readonly #options: ReporterOptions;
  #explained = 0;
  #proof: ModelCheck | undefined;

  constructor(job: Job, options: ReporterOptions) {
    this.#job = job;
    this.#options = options;
  }

  /** How many inputs were explained, or failed. */
  get count(): number {
    return this.#explained + this.#job.failures.length;
  }

  get proof(): ModelCheck | undefined {
    return this.#proof;
  }

  /** Tells once whether the model is explained rightly. */
  check(proof: ModelCheck): void {
    if (this.#proof === undefined && this.#job.format === "text") printCheck(this.#options.named.name, proof);
    this.#proof = proof;
  }

  /** @param paths the written paths for each picture */
  done(result: Result, paths: readonly (readonly string[])[]): void {
    const { named, explainer, many, top } = this.#options;
    this.#job.record(...describeResult(named, explainer, result, paths, top));
    if (this.#job.format === "text") {
      if (!many) printExplanation(named, explainer, result, paths, this.#options);
      else {
        if (this.#explained === 0) printLines(runLines(named, explainer, result.image));
        printLines(resultLines(named, result, paths, top).flat());
      }
    }
    this.#explained++;
  }

  failed(path: string, error: FoveaError): void {
    const failure = namedError(path, error).message;
    this.#job.fail(failure);
    if (this.#job.format === "jsonl") this.#job.record({ input: path, error: failure });
  }

  /** Prints the object of all results, where one is asked for. */
  end(against: boolean): void {
    const { format, records: results, failures } = this.#job;
    if (format !== "json") return;
    const { named, explainer } = this.#options;
    const preprocessing = describedRecipe(named.model);
    const head = {
      model: named.path,
      ...preprocessing,
      layer: explainer.layer.name,
      method: explainer.method.name,
      against,
    };
    printJson({ ...head, results, failures, ...(this.#proof ? { check: this.#proof } : {}) });
  }
}
