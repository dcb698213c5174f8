/** @file Discovery, verification and repair of small networks whose bias is known: a planted cue is found, and bars without one are left alone. */

import { expect, it, vi } from "vitest";
import type { Cue } from "../../src/data/cues/cue.js";
import { storedCue } from "../../src/data/cues/store-cue.js";
import { cueFrom } from "../../src/data/cues/stored-cue.js";
import type { Mask } from "../../src/image/map/mask.js";
import { discover } from "../../src/improve/discover/discover.js";
import { overlap } from "../../src/improve/discover/regions.js";
import { type Hypothesis, verifiedHypotheses } from "../../src/improve/protocol/sections.js";
import { repairThoroughly } from "../../src/improve/repair/repair-thoroughly.js";
import { verify } from "../../src/improve/verify/verify.js";
import type { Graph } from "../../src/onnx/graph.js";
import { runtime } from "../support/runtime.js";
import { barsSubject, cueSide, side, type Where } from "./bars.js";

vi.setConfig({ testTimeout: 300_000 });

async function found(where: Where) {
  const { subject, parts } = await barsSubject(where);
  const discovery = await discover(subject, parts, { runtime, seed: "1", each: 40 });
  return { discovery, verification: await verify(subject, parts, discovery, { runtime, seed: "1" }) };
}

/** The places for which `is` holds. */
function maskWhere(is: (x: number, y: number) => boolean): Mask {
  const places = Uint8Array.from({ length: side * side }, (_, i) => (is(i % side, Math.floor(i / side)) ? 1 : 0));
  return { width: side, height: side, places };
}

const atEdge = (k: number) => k < cueSide || k >= side - cueSide;

function maskOf(hypothesis: Hypothesis | undefined): Mask {
  const cue = hypothesis && cueFrom(hypothesis.cue);
  if (cue?.kind !== "region") throw new Error(`expected a region, got ${cue?.kind ?? "nothing"}`);
  return cue.mask;
}

it("finds and verifies a stamp that the network goes by, and says where", async () => {
  const { discovery, verification } = await found("corner");
  expect(discovery).toMatchObject({ method: "hires-cam", seenInTraining: true, images: 80 });
  const [first, ...others] = verifiedHypotheses({ discovery, verification });
  expect(first?.cue.kind).toBe("region");
  expect(others.filter(({ cue }) => cue.kind !== "region")).toEqual([]);
  expect(first?.tells.value).toBeGreaterThan(0.95);
  const verdict = verification.verdicts.find(({ id }) => id === first?.id);
  expect(verdict?.followed.value).toBeGreaterThan(0.5);
  expect(verdict?.elsewhere?.value).toBeLessThan(0.1);
  expect(verdict?.rest?.value).toBeGreaterThan(0.9);
});

it("verifies nothing of bars alone: exchanging their place flips the answers, and the rest tells nothing", async () => {
  const { discovery, verification } = await found("nowhere");
  expect(discovery.hypotheses.some(({ cue }) => cue.kind === "region")).toBe(true);
  expect(verifiedHypotheses({ discovery, verification })).toEqual([]);
  const strongest = Math.max(...verification.verdicts.map(({ followed }) => followed.value));
  expect(strongest).toBeGreaterThan(0.3);
});

it("supposes a patch that stands in any of four corners to be one cue", async () => {
  const { subject, parts } = await barsSubject("any corner");
  const { hypotheses } = await discover(subject, parts, { runtime, seed: "1", each: 40 });
  const corners = maskWhere((x, y) => atEdge(x) && atEdge(y));
  const joined = hypotheses.filter(({ sentence }) => /meet at [34] places/.test(sentence)).map(maskOf);
  expect(Math.max(...joined.map((mask) => overlap(mask, corners)))).toBeGreaterThan(0.6);
});

it("repairs what is left of a stamp of which one half alone was found", async () => {
  const { subject, parts } = await barsSubject("corner");
  const half: Cue = { kind: "region", mask: maskWhere((x, y) => x >= cueSide / 2 && x < cueSide && y < cueSide) };
  const rest = maskWhere((x, y) => x < cueSide / 2 && y < cueSide);
  const discovery = await discover(subject, parts, { runtime, seed: "1", each: 40 });
  const [any] = discovery.hypotheses;
  if (any === undefined) throw new Error("expected a hypothesis");
  const kept = new Map<string, Graph>();
  const networks = {
    load: async (name: string) => kept.get(name),
    save: async (name: string, graph: Graph) => void kept.set(name, graph),
  };
  const { cues, foundAgain, chosen } = await repairThoroughly(
    subject,
    [{ ...any, id: "half", cue: storedCue(half), alternatives: [] }],
    { runtime, seed: 1, parts, networks },
  );
  expect(overlap(maskOf(foundAgain[0]), rest)).toBeGreaterThan(0.2);
  expect(cues.map(({ name }) => name).slice(0, 2)).toEqual(["half", `round-2-${foundAgain[0]?.id}`]);
  expect(chosen.cues).toEqual(cues.map(({ name }) => name));
});
