/** @file What choosing and proving a repair share: the images, trained networks that are kept, and the answers of each. */

import type { Cue } from "../../data/cues/cue.js";
import type { Graph } from "../../onnx/graph.js";
import type { Runtime } from "../../runtime/session.js";
import { openAnswers } from "../answers.js";
import { pixelsOf } from "../image-set.js";
import type { ImageSet, Subject, Trainer } from "../subject.js";
import { cueGroups } from "./cue-groups.js";
import { type GroupTest, type Rights, rightsOf } from "./group-test.js";
import { networkAnswers } from "./network-answers.js";
import { elsewhere } from "./placebo.js";
import type { Change, RepairContext, RepairedCue } from "./repairs.js";

/** Where trained networks are kept, so that a run that was broken off trains none again. */
export interface Networks {
  load(name: string): Promise<Graph | undefined>;
  save(name: string, graph: Graph): Promise<void>;
}

export interface RepairOptions {
  readonly runtime: Runtime;
  /** Of the first training; the others count on. Default 1. */
  readonly seed?: number;
  readonly parts: { readonly train: ImageSet; readonly validation: ImageSet };
  /** What repairs are made of, from `repairContext`. Default: found anew, which takes the model's answers to all training images. */
  readonly context?: RepairContext | undefined;
  /** Default: nothing is kept. */
  readonly networks?: Networks | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Trainings that are done, and what is trained. */
  readonly onProgress?: ((done: number, of: number, what: string) => void) | undefined;
}

/** A subject that can be trained again. */
export type Trainable = Subject & { readonly trainer: Trainer };

/** The context that repairs are made in. */
export async function repairContext(
  subject: Subject,
  cues: readonly RepairedCue[],
  { runtime, seed = 1, parts, signal }: RepairOptions,
): Promise<RepairContext> {
  const placeboOf = (cue: Cue) => cues.find((each) => each.cue === cue)?.placebo ?? elsewhere(cue);
  const own = cues.map(({ cue }) => cue);
  const placebos = own.map((cue) => placeboOf(cue)).filter((cue) => cue !== undefined);
  const options = { runtime, seed, signal };
  const groups = await cueGroups(subject, parts.train, own, options);
  const placeboGroups = () => cueGroups(subject, parts.train, placebos, options);
  return { subject, cues, seed, train: parts.train, groups, placeboGroups, placeboOf };
}

/** One training: under this name the network is kept. */
export interface Training {
  readonly name: string;
  readonly change: Change;
  readonly seed: number;
}

/** Trains a network, or takes the one that is kept. @throws the signal's reason */
export async function trainedNetwork(
  { trainer }: Trainable,
  { name, change, seed }: Training,
  { parts, networks, signal }: RepairOptions,
): Promise<Graph> {
  signal?.throwIfAborted();
  const kept = await networks?.load(name);
  if (kept) return kept;
  const graph = await trainer.train({ ...parts, ...change, seed, ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  if (graph === undefined) throw new Error(`internal: the training ${name} ended without a network`);
  await networks?.save(name, graph);
  return graph;
}

/** Which of a test's images are classified rightly; a test of one half is asked once. */
async function rightsBy(test: GroupTest, classify: (set: ImageSet) => Promise<readonly number[]>): Promise<Rights> {
  const own = await classify(test.own);
  return rightsOf(test, { own, exchanged: test.halves.includes("exchanged") ? await classify(test.exchanged) : own });
}

/** Which of a test's images a trained network classifies rightly. */
export async function rightsOfNetwork(
  graph: Graph,
  test: GroupTest,
  { model, input }: Subject,
  { runtime, signal }: Pick<RepairOptions, "runtime" | "signal">,
): Promise<Rights> {
  const options = { runtime, input, oneByOne: model.oneByOne, signal };
  return rightsBy(test, (set) => networkAnswers(graph, set, options));
}

/** Images that are read together. */
const batch = 64;

/** The same of the model as it is. */
export async function rightsOfModel(
  subject: Subject,
  test: GroupTest,
  options: Pick<RepairOptions, "runtime" | "signal">,
): Promise<Rights> {
  const answers = openAnswers(subject, { runtime: options.runtime, signal: options.signal });
  const ask = async (set: ImageSet) => {
    const given: number[] = [];
    for (let first = 0; first < set.count; first += batch) {
      const indices = Array.from({ length: Math.min(batch, set.count - first) }, (_, i) => first + i);
      given.push(...(await answers.ask(await pixelsOf(set, indices))));
    }
    return given;
  };
  try {
    return await rightsBy(test, ask);
  } finally {
    await answers.close();
  }
}
