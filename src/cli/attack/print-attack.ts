/** @file Prints the results of an attack as a table, and describes them for programs. */

import type { AttackOutcome, AttackSummary, CorrelationSummary } from "../../evaluate/attack/attack-study.js";
import { percent } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

/** An attacked image with the files that were written. */
export interface AttackResult {
  readonly name: string;
  readonly notes: readonly string[];
  readonly outcome: AttackOutcome;
  readonly attacked: string;
  readonly figure: string | undefined;
}

/** @param rows how many results to show */
export function printResults(model: Model, results: readonly AttackResult[], rows: number): void {
  const listed = results.slice(0, rows);
  if (listed.length === 0) return;
  const rho = (value: number | null) => (value === null ? "-" : value.toFixed(2));
  const header = ["image", "true", "before", "confidence", "after", "confidence", "flipped", "map", "evidence"];
  const lines = listed.map(({ name, outcome }) => {
    const { label, before, after, flipped, blank, rankCorrelation, evidenceCorrelation } = outcome;
    return [
      name,
      className(model, label),
      ...[className(model, before.predicted), percent(before.confidence)],
      ...[className(model, after.predicted), percent(after.confidence)],
      flipped ? "flipped" : "-",
      blank ? "blank" : rho(rankCorrelation),
      rho(evidenceCorrelation),
    ];
  });
  printLines(table(header, lines));
  if (listed.length < results.length) print(`(${listed.length} of ${results.length}; --rows shows more, --json all)`);
  print();
}

/** @param target name of the class that was aimed at, if any */
export function printSummary(summary: AttackSummary, target: string | undefined): void {
  const { count, correct, flipped, flippedShare, accuracy, reached, blank } = summary;
  const interval = ({ low, high }: { low: number; high: number }) => `95% interval ${percent(low)} to ${percent(high)}`;
  print(
    `flipped   ${flipped} of ${correct} correct predictions: ${percent(flippedShare.value)} (${interval(flippedShare)})`,
  );
  print(
    `accuracy  ${percent(correct / count)} before, ${percent(accuracy.value)} under attack (${interval(accuracy)})`,
  );
  if (reached)
    print(
      `target    ${reached.count} of ${reached.of} others became ${target}: ${percent(reached.share.value)} (${interval(reached.share)})`,
    );
  const vanished = blank > 0 ? `; on ${blank} it is blank after the attack` : "";
  print("rank correlation, before and after, of the true class'");
  print(`  map       ${correlation(summary.rankCorrelation)}${vanished}`);
  print(`  evidence  ${correlation(summary.evidenceCorrelation)} (the map before its ReLU)`);
}

function correlation(summary: CorrelationSummary | null): string {
  if (summary === null) return "none could be compared";
  const { count, mean, median } = summary;
  return `mean ${mean.toFixed(2)}, median ${median.toFixed(2)} over ${count} images`;
}

/** Plain data for programs. */
export function describeResult(model: Model, { name, notes, outcome, attacked, figure }: AttackResult) {
  const side = ({ predicted, ...rest }: AttackOutcome["before"]) => ({
    class: predicted,
    label: className(model, predicted),
    ...rest,
  });
  const { label, before, after, ...rest } = outcome;
  return {
    input: name,
    ...(notes.length > 0 ? { notes } : {}),
    true: { class: label, label: className(model, label) },
    before: side(before),
    after: side(after),
    ...rest,
    attacked,
    ...(figure === undefined ? {} : { figure }),
  };
}
