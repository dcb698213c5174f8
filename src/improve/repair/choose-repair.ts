/** @file Tries the repairs with the same budget, and chooses the one whose worst group is best on validation. */

import { percent } from "../../foundation/words.js";
import type { Subject } from "../subject.js";
import type { ChosenRepair, TriedCandidate } from "./chosen-repair.js";
import { figuresOf, type GroupFigures, groupTest } from "./group-test.js";
import {
  type RepairOptions,
  repairContext,
  rightsOfModel,
  rightsOfNetwork,
  type Trainable,
  trainedNetwork,
} from "./repair-run.js";
import { type Candidate, type RepairContext, type RepairedCue, repairs } from "./repairs.js";

/** All candidates that can be tried, and why the others cannot. */
export function candidatesFor(context: RepairContext): {
  readonly candidates: Candidate[];
  readonly impossible: ChosenRepair["impossible"];
} {
  const reasons = repairs.map((kind) => ({ kind, reason: kind.impossible(context) }));
  return {
    candidates: reasons.flatMap(({ kind, reason }) => (reason === undefined ? kind.candidates(context) : [])),
    impossible: reasons.flatMap(({ kind: { name }, reason }) => (reason === undefined ? [] : [{ name, reason }])),
  };
}

/** The name under which a candidate's network is kept. */
export function networkName(candidate: string, seed: number): string {
  return `repaired-${candidate}-${seed}`;
}

/**
 * Trains every candidate once with the same budget on the training images, and measures it on the balanced counterfactual test of the
 * validation images (`groupTest`). Of equally good worst groups the better mean decides, then the order of the table.
 */
export async function chooseRepair(
  subject: Subject,
  cues: readonly RepairedCue[],
  options: RepairOptions,
): Promise<ChosenRepair> {
  const { trainer } = subject;
  const { seed = 1, parts, onProgress } = options;
  const test = groupTest(
    parts.validation,
    cues.map(({ cue }) => cue),
    seed,
  );
  const before = figuresOf(test, await rightsOfModel(subject, test, options));
  const context = options.context ?? (await repairContext(subject, cues, options));
  const about = {
    budget: trainer?.budget ?? "none",
    cues: cues.map(({ name }) => name),
    counterexamples: context.groups.counterexamples,
    before,
  };
  if (trainer === undefined) {
    const sentence = "The model cannot be trained here: it has no linear last layer.";
    return { ...about, candidates: [], impossible: [], chosen: null, sentence };
  }
  const trainable: Trainable = { ...subject, trainer };
  const { candidates, impossible } = candidatesFor(context);
  const tried: TriedCandidate[] = [];
  for (const [i, { name, sentence, change }] of candidates.entries()) {
    onProgress?.(i, candidates.length, name);
    const graph = await trainedNetwork(trainable, { name: networkName(name, seed), change, seed }, options);
    tried.push({ name, sentence, figures: figuresOf(test, await rightsOfNetwork(graph, test, subject, options)) });
  }
  onProgress?.(candidates.length, candidates.length, "done");
  const best = bestOf(tried);
  const better = best !== undefined && best.figures.worst.accuracy.value > before.worst.accuracy.value;
  const chosen = better ? best.name : null;
  return { ...about, candidates: tried, impossible, chosen, sentence: inWords(before, best, better) };
}

function bestOf(tried: readonly TriedCandidate[]): TriedCandidate | undefined {
  return tried.reduce<TriedCandidate | undefined>((best, each) => {
    if (best === undefined) return each;
    const [a, b] = [each.figures, best.figures];
    const worst = a.worst.accuracy.value - b.worst.accuracy.value;
    return worst > 0 || (worst === 0 && a.overall > b.overall) ? each : best;
  }, undefined);
}

function inWords(before: GroupFigures, best: TriedCandidate | undefined, better: boolean): string {
  const was = percent(before.worst.accuracy.value, 1);
  if (best === undefined) return "No repair can be tried.";
  const is = percent(best.figures.worst.accuracy.value, 1);
  if (!better) return `No repair makes the worst group better on validation: the best has ${is}, the model ${was}.`;
  return `On validation the worst group rises from ${was} to ${is}: ${best.sentence}.`;
}
