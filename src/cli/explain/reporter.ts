/** @file What `fovea explain` says while it runs and in the end, as text or for programs. */

import type { Explainer } from "../../explain/options.js";
import type { ModelCheck } from "../../explain/prove/check-model.js";
import { type FoveaError, namedError } from "../../foundation/error.js";
import { printCheck } from "../commands/check.js";
import type { NamedModel } from "../inputs/models.js";
import { note, print, printJson, progressBar } from "../terminal/console.js";
import { describeResult, printExplanation, resultLines, runLines } from "./print-results.js";
import type { Result } from "./write-results.js";

export interface ReporterOptions {
  readonly named: NamedModel;
  readonly explainer: Explainer;
  readonly against: boolean;
  /** How many inputs there are, if there may be more than one: they get a line each, and a progress bar. */
  readonly total: number | undefined;
  /** How many classes to print. */
  readonly top: number;
  /** Default text; `json`: one object in the end; `jsonl`: a line for each picture as it comes. */
  readonly format: "text" | "json" | "jsonl";
}

export interface Reporter {
  /** Of a method that runs the network many times: how many of the runs for what is explained now are done. */
  progress(done: number, total: number): void;
  check(check: ModelCheck): void;
  done(result: Result, written: readonly (readonly string[])[]): void;
  failed(path: string, error: FoveaError): void;
  /** Says what remains to be said. @returns whether inputs failed */
  end(interrupted: boolean): boolean;
  /** Takes the progress bar away. */
  close(): void;
}

export function createReporter({ named, explainer, against, total, top, format }: ReporterOptions): Reporter {
  let bar =
    total === undefined
      ? undefined
      : progressBar("explaining [{bar}] {value}/{total}{runs}, {eta_formatted} left", total, { runs: "" });
  const say = (line: string) => (bar?.print ?? print)(line);
  const results: unknown[] = [];
  const failures: string[] = [];
  let count = 0;
  let proof: ModelCheck | undefined;

  function text(result: Result, written: readonly (readonly string[])[]): void {
    if (total === undefined) printExplanation(named, explainer, result, written, top);
    else {
      const header = count === 0 ? runLines(named, explainer, result.image) : [];
      for (const line of [...header, ...resultLines(named, result, written, top)]) say(line);
    }
  }

  /** The bar of a single input, which is gone when there is something to say. */
  function endRuns(): void {
    if (total !== undefined) return;
    bar?.stop();
    bar = undefined;
  }

  return {
    progress(done, runs) {
      if (total !== undefined) bar?.update(count + failures.length, { runs: ` (run ${done} of ${runs})` });
      else {
        bar ??= progressBar(`${explainer.method.name} [{bar}] {value}/{total} runs, {eta_formatted} left`, runs);
        bar.update(done);
      }
    },
    check(check) {
      endRuns();
      proof = check;
      if (format === "text") printCheck(named.name, check);
    },
    done(result, written) {
      endRuns();
      const described = describeResult(named, explainer, result, written, top);
      if (format === "json") results.push(...described);
      else if (format === "jsonl") for (const each of described) say(JSON.stringify(each));
      else text(result, written);
      count++;
      bar?.update(count + failures.length, { runs: "" });
    },
    failed(path, error) {
      const failure = namedError(path, error).message;
      failures.push(failure);
      if (format === "jsonl") say(JSON.stringify({ input: path, error: failure }));
      bar?.update(count + failures.length);
    },
    close: () => bar?.stop(),
    end(interrupted) {
      if (format === "json") {
        const { layer, method } = explainer;
        const check = proof ? { check: proof } : {};
        printJson({ model: named.path, layer: layer.name, method: method.name, against, results, failures, ...check });
      }
      for (const failure of failures) note(`fovea: ${failure}`);
      if (failures.length > 0) note(`fovea: ${failures.length} of ${total} inputs failed`);
      if (interrupted) note(`fovea: stopped after ${count + failures.length} of ${total ?? 1} inputs`);
      return failures.length > 0;
    },
  };
}
