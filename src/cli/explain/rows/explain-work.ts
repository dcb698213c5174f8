/** @file Explains a part of the inputs, a row for each picture. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { reasonOf, type SkippedPhoto } from "../../../data/photos/photo.js";
import type { Explainer } from "../../../explain/options.js";
import { FoveaError } from "../../../foundation/error.js";
import type { NamedModel } from "../../inputs/models.js";
import { identityOf } from "../../inputs/try-model.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { sameFacts } from "../../shards/rows/facts-of.js";
import type { RowWork } from "../../shards/rows/row-work.js";
import type { Plan } from "../plan.js";
import { runLines } from "../print-results.js";
import type { Result } from "../result/result.js";
import type { ExplainOwn, ExplainSame, explainColumns } from "./explain-command.js";
import { explanationRows } from "./explanation-rows.js";

/** An input that was explained, or its error. */
export type ExplainedInput =
  | (Result & { readonly written: readonly (readonly string[])[]; readonly error?: undefined })
  | { readonly source: FoundInput; readonly error: FoveaError };

export interface ExplainSubject {
  readonly named: NamedModel;
  readonly explainer: Explainer;
  readonly flags: ExplainFlags;
  /** The arguments that name the inputs. */
  readonly given: readonly string[];
  /** Of all inputs. */
  readonly plan: Plan;
  /** Explains some of them, and writes what is to be drawn. */
  explain(inputs: readonly FoundInput[]): AsyncIterable<ExplainedInput>;
}

/** @param own the inputs of this part */
export function explainWork(
  { named, explainer, flags, given, plan, explain }: ExplainSubject,
  own: readonly FoundInput[],
): RowWork<typeof explainColumns, ExplainSame, ExplainOwn, FoundInput> {
  const places = new Map(plan.inputs.map((input, i) => [input, i]));
  const placeOf = (input: FoundInput) => places.get(input) ?? -1;
  const byPath = new Map(own.map((input) => [input.path, placeOf(input)]));
  const total = plan.inputs.length;
  const lines = (isArray: boolean) => runLines(named, explainer, { isArray });
  return {
    what: "explaining",
    same: {
      ...sameFacts(named, given.join(" "), flags, []),
      ...{ layer: explainer.layer.name, method: explainer.method.name, against: flags.against ?? false, total },
      lines: { pictures: lines(false), arrays: lines(true) },
    },
    sources: own,
    identityOf(input) {
      const identity = input.error ? undefined : identityOf(input);
      return identity === undefined ? undefined : [identity, placeOf(input)];
    },
    async *make(inputs) {
      for await (const made of explain(inputs)) {
        const { source } = made;
        if (made.error) yield { source, skipped: { path: source.path, reason: reasonOf(source.path, made.error) } };
        else {
          const rows = explanationRows({ named, explainer, top: flags.top }, made, made.written, placeOf(source));
          yield { source, rows };
        }
      }
    },
    ownOf: (skipped: readonly SkippedPhoto[]) => ({
      images: own.length,
      skipped: skipped.map((each) => ({ ...each, input: byPath.get(each.path) ?? -1 })),
    }),
    skippedOf: ({ skipped, images }) => ({ skipped, total: images }),
  };
}

/** @throws FoveaError `bad-input` for what no part can have */
export function checkPart({ skipExisting, check, showSteps, stepsTo, jsonl }: ExplainFlags, { many }: Plan): void {
  const refused = (got: string) =>
    new FoveaError("bad-input", `--shard: expected inputs that are explained one by one, got ${got}`);
  if (!many) throw refused("a single one: explain it without a shard");
  if (skipExisting) throw refused("--skip-existing: a shard goes on where it was by itself");
  if (check) throw refused("--check: prove the model once, by fovea check");
  if (showSteps || stepsTo !== undefined) throw refused("--show-steps, which is for one: explain it without a shard");
  if (jsonl) throw refused("--jsonl: fovea merge --json tells of all");
}
