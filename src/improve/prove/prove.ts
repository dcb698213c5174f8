/** @file Proves a repair on the sealed images, once, beside three controls of the same budget. */

import { FoveaError } from "../../foundation/error.js";
import type { Graph } from "../../onnx/graph.js";
import { candidatesFor, networkName } from "../repair/choose-repair.js";
import type { ChosenRepair } from "../repair/chosen-repair.js";
import { type GroupTest, groupTest, type Rights } from "../repair/group-test.js";
import { areaOf } from "../repair/placebo.js";
import {
  type RepairOptions,
  repairContext,
  rightsOfModel,
  rightsOfNetwork,
  type Trainable,
  type Training,
  trainedNetwork,
} from "../repair/repair-run.js";
import type { Candidate, RepairedCue } from "../repair/repairs.js";
import type { ImageSet, Subject } from "../subject.js";
import { fingerprint } from "./fingerprint.js";
import { improvedModel } from "./improved-model.js";
import { type Measured, type Proof, type ProofLimits, proofOf, usualLimits } from "./proof.js";

export interface ProveOptions extends RepairOptions {
  /** How many trainings of each kind. Default 3; fewer cannot show how much chance does. */
  readonly seeds?: number;
  readonly limits?: ProofLimits;
  /**
   * Hands out the sealed images, called once, when all trainings are done.
   * @param purpose a hash of all networks that are proved
   */
  readonly open: (purpose: string) => Promise<ImageSet>;
}

/** The result of a proof. */
export interface Proved {
  readonly proof: Proof;
  /** The repaired network as a model with its provenance; undefined where the proof failed. */
  readonly graph: Graph | undefined;
}

const usualSeeds = 3;

/** Controls of the same budget; what each changes against the training that made the model. */
const controls = {
  unchanged: ({ change }: Candidate) => (change.lastLayer ? { lastLayer: true } : {}),
  placebo: ({ placebo }: Candidate) => placebo(),
  erased: ({ change }: Candidate, area: number) => ({ erase: area, ...(change.lastLayer ? { lastLayer: true } : {}) }),
} as const;

/**
 * Trains the chosen repair and three controls several times: trained again unchanged, the same repair with a placebo, and a random
 * rectangle of the same area hidden in every image. Then opens the sealed images and measures all networks on their balanced
 * counterfactual test (`groupTest`). `proofOf` says what is accepted. The model that is written is that of the first seed.
 * @throws FoveaError `bad-input` where there is nothing to prove
 */
export async function prove(
  subject: Subject,
  cues: readonly RepairedCue[],
  chosen: ChosenRepair,
  options: ProveOptions,
): Promise<Proved> {
  const { seed = 1, seeds = usualSeeds, open, limits = usualLimits } = options;
  const trainable = trainableSubject(subject);
  const own = cues.map(({ cue }) => cue);
  const context = options.context ?? (await repairContext(subject, cues, options));
  const candidate = candidatesFor(context).candidates.find(({ name }) => name === chosen.chosen);
  if (candidate === undefined) {
    throw new FoveaError("bad-input", `proof: expected a repair that was chosen, got ${chosen.chosen ?? "none"}`);
  }
  const all = Array.from({ length: seeds }, (_, i) => seed + i);
  const arms = await armsOf(candidate, areaOf(own), all);
  const networks = await trainAll(trainable, arms, options);
  const sealed = await open(fingerprint(Object.values(networks).flat()));
  const test = groupTest(sealed, own, seed);
  const measured = await measure(trainable, networks, test, options);
  const proof = proofOf(test, measured, { repair: candidate.name, seeds: all, classes: subject.classes, limits });
  const [graph] = networks.repaired;
  return {
    proof,
    graph: proof.accepted && graph ? improvedModel(subject, graph, candidate, chosen, proof) : undefined,
  };
}

function trainableSubject(subject: Subject): Trainable {
  const { trainer } = subject;
  if (trainer) return { ...subject, trainer };
  throw new FoveaError("bad-input", "proof: expected a model that can be trained, got one without a linear last layer");
}

type Arm = keyof typeof controls | "repaired";
type Arms = { readonly [Name in Arm]: readonly Training[] };

async function armsOf(candidate: Candidate, area: number, seeds: readonly number[]): Promise<Arms> {
  const training = (name: string, change: Training["change"]) =>
    seeds.map((seed): Training => ({ name: `${name}-${seed}`, change, seed }));
  return {
    repaired: seeds.map((seed) => ({ name: networkName(candidate.name, seed), change: candidate.change, seed })),
    unchanged: training(
      candidate.change.lastLayer ? "unchanged-last-layer" : "unchanged",
      controls.unchanged(candidate),
    ),
    placebo: training(`placebo-${candidate.name}`, await controls.placebo(candidate)),
    erased: training(candidate.change.lastLayer ? "erased-last-layer" : "erased", controls.erased(candidate, area)),
  };
}

type Trained = { readonly [Name in Arm]: readonly Graph[] };

async function trainAll(subject: Trainable, arms: Arms, options: ProveOptions): Promise<Trained> {
  const total = Object.values(arms).flat().length;
  let done = 0;
  const train = async (trainings: readonly Training[]) => {
    const graphs: Graph[] = [];
    for (const training of trainings) {
      options.onProgress?.(done++, total, training.name);
      graphs.push(await trainedNetwork(subject, training, options));
    }
    return graphs;
  };
  const { repaired, unchanged, placebo, erased } = arms;
  return {
    repaired: await train(repaired),
    unchanged: await train(unchanged),
    placebo: await train(placebo),
    erased: await train(erased),
  };
}

async function measure(
  subject: Trainable,
  networks: Trained,
  test: GroupTest,
  options: ProveOptions,
): Promise<Measured> {
  const rights = async (graphs: readonly Graph[]) => {
    const all: Rights[] = [];
    for (const graph of graphs) all.push(await rightsOfNetwork(graph, test, subject, options));
    return all;
  };
  return {
    before: await rightsOfModel(subject, test, options),
    repaired: await rights(networks.repaired),
    controls: {
      unchanged: await rights(networks.unchanged),
      placebo: await rights(networks.placebo),
      erased: await rights(networks.erased),
    },
  };
}
