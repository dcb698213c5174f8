/**
 * @file Repairs until nothing more is followed: the repaired network is looked at again, as the model was, and what it still goes by is
 * repaired as well. A region that leaves out a part of a cue would otherwise look repaired, by the very test that leaves it out too.
 */

import { cueFrom } from "../../data/cues/stored-cue.js";
import { random } from "../../foundation/random.js";
import { list } from "../../foundation/words.js";
import { openModel } from "../../model/open.js";
import { exchangeBetween } from "../../train/step/exchange.js";
import { discover } from "../discover/discover.js";
import { type Hypothesis, verifiedHypotheses } from "../protocol/sections.js";
import type { ImageSet, Subject } from "../subject.js";
import { verify } from "../verify/verify.js";
import { chooseRepair, networkName } from "./choose-repair.js";
import type { ChosenRepair } from "./chosen-repair.js";
import { type Networks, type RepairOptions, repairContext } from "./repair-run.js";
import type { RepairContext, RepairedCue } from "./repairs.js";

/** How often a repair is looked at again at most. */
const mostRounds = 3;

/** A repair, and what it repairs. */
export interface ThoroughRepair {
  readonly chosen: ChosenRepair;
  /** Those that were given, and those that a repaired network still went by. */
  readonly cues: readonly RepairedCue[];
  /** What was found on the way. */
  readonly foundAgain: readonly Hypothesis[];
  /** The networks of the last round: for the proof. */
  readonly networks: Networks;
  readonly context: RepairContext;
}

/** Verified hypotheses as cues to repair. @param prefix in front of their names */
export function repairedCues(hypotheses: readonly Hypothesis[], prefix = ""): RepairedCue[] {
  return hypotheses.map(({ id, cue, alternatives }) => ({
    name: `${prefix}${id}`,
    cue: cueFrom(cue),
    alternatives: alternatives.map((each) => cueFrom(each)),
  }));
}

/**
 * Chooses a repair (`chooseRepair`), and looks for what the repaired network goes by, on the same images by the same rules; that is repaired
 * together with the rest, from the start. A repair whose network still goes by something after three rounds is not chosen.
 */
export async function repairThoroughly(
  subject: Subject,
  verified: readonly Hypothesis[],
  options: RepairOptions & { readonly networks: Networks },
): Promise<ThoroughRepair> {
  let cues = repairedCues(verified);
  let foundAgain: readonly Hypothesis[] = [];
  for (let round = 1; ; round++) {
    const networks = ofRound(options.networks, round);
    const context = await repairContext(subject, cues, options);
    const chosen = await chooseRepair(subject, cues, { ...options, networks, context });
    const found = await stillFollowed(subject, chosen, cues, { ...options, networks });
    if (found.length === 0) return { chosen, cues, foundAgain, networks, context };
    foundAgain = [...foundAgain, ...found];
    if (round === mostRounds) return { chosen: refused(chosen, found), cues, foundAgain, networks, context };
    cues = [...cues, ...repairedCues(found, `round-${round + 1}-`)];
  }
}

/**
 * What the repaired network goes by; nothing where no repair was chosen, or where labels alone were mended. The cues that were repaired
 * are exchanged at random in the images: else they would tell the class of an image whose object is exchanged, and the object would pass
 * for a cue.
 */
async function stillFollowed(
  subject: Subject,
  { chosen }: ChosenRepair,
  cues: readonly RepairedCue[],
  { runtime, seed = 1, parts, networks, signal }: RepairOptions & { readonly networks: Networks },
): Promise<readonly Hypothesis[]> {
  if (chosen === null || cues.length === 0) return [];
  const graph = await networks.load(networkName(chosen, seed));
  if (graph === undefined) return [];
  const repaired: Subject = { ...subject, model: await openModel(graph, runtime) };
  const looking = { runtime, seed: String(seed), signal };
  const without = (set: ImageSet): ImageSet => {
    const vary = exchangeBetween(
      set,
      cues.map(({ cue }) => cue),
    );
    return { ...set, read: (indices) => vary(indices, random(seed).fork("looked at again")) };
  };
  const images = { train: without(parts.train), validation: without(parts.validation) };
  const discovery = await discover(repaired, images, looking);
  return verifiedHypotheses({ discovery, verification: await verify(repaired, images, discovery, looking) });
}

function refused(chosen: ChosenRepair, found: readonly Hypothesis[]): ChosenRepair {
  const names = list(found.map(({ id }) => id));
  const sentence = `After ${mostRounds} rounds of repair the network still goes by something of the kind (${names}).`;
  return { ...chosen, chosen: null, sentence };
}

function ofRound(networks: Networks, round: number): Networks {
  const nameOf = (name: string) => (round === 1 ? name : `round-${round}-${name}`);
  return {
    load: (name) => networks.load(nameOf(name)),
    save: (name, graph) => networks.save(nameOf(name), graph),
  };
}
