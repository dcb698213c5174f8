/** @file The results of the comparison of methods: a file with a line for what is known of the truth, one for chance, and one for each network. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MeasuredChance } from "./measure-chance.js";
import type { MeasuredSubject } from "./measure-methods.js";
import type { MeasuredTruth } from "./measure-truth.js";

export interface AgreementResults {
  readonly truth: MeasuredTruth | undefined;
  readonly chance: readonly MeasuredChance[];
  readonly subjects: readonly MeasuredSubject[];
}

type Line = Partial<Omit<AgreementResults, "subjects">> & { readonly subject?: MeasuredSubject };

const file = fileURLToPath(new URL("results.jsonl", import.meta.url));

export function readResults(): AgreementResults {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text.split("\n").filter(Boolean);
  const read = lines.map((line): Line => JSON.parse(line));
  return {
    truth: read.find(({ truth }) => truth)?.truth,
    chance: read.flatMap(({ chance = [] }) => chance),
    subjects: read.flatMap(({ subject }) => subject ?? []),
  };
}

export function writeResults({ truth, chance, subjects }: AgreementResults): void {
  const lines: Line[] = [{ truth }, { chance }, ...subjects.map((subject) => ({ subject }))];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
