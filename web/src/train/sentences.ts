/** @file What an epoch changed about where the network looks, in a sentence, from the measured maps. */

import { list, percent } from "../../../src/foundation/words.js";
import type { Look, Share } from "./engine/api.js";

/** The watched digits after an epoch; 0 is before the first. */
export interface Moment {
  readonly epoch: number;
  readonly looks: readonly Look[];
  /** Of the maps with those of the epoch before. */
  readonly agreement?: number | undefined;
}

/** The network looks at a part when so many times as much evidence lies there as its area would give. */
const enough = 1.5;
/** Maps that agree so far have settled. */
const settled = 0.9;

const lift = ({ evidence, area }: Share) => (area === 0 ? 0 : evidence / area);

/** @param moments from before the training on; told is the last */
export function epochSentence(moments: readonly Moment[], classes: readonly string[]): string {
  const now = moments.at(-1);
  if (now === undefined) return "";
  const before = moments.slice(0, -1);
  const what =
    begun("loop", { before, now, classes }) ??
    begun("stroke", { before, now, classes }) ??
    learned({ before, now, classes }) ??
    hasSettled({ before, now, classes }) ??
    where(now);
  return `Epoch ${now.epoch}: ${what}.`;
}

interface Telling {
  readonly before: readonly Moment[];
  readonly now: Moment;
  readonly classes: readonly string[];
}

const parts = { loop: "loop", stroke: "strokes" } as const;

/** A part that is looked at for the first time; of several the one that is looked at most. */
function begun(part: keyof typeof parts, { before, now, classes }: Telling): string | undefined {
  const isSeen = ({ looks }: Moment, i: number) => {
    const share = looks[i]?.[part];
    return share !== undefined && lift(share) >= enough;
  };
  const fresh = now.looks.flatMap((look, i) => {
    const share = look[part];
    return share && isSeen(now, i) && !before.some((moment) => isSeen(moment, i)) ? [{ look, share }] : [];
  });
  const [first] = fresh.sort((a, b) => lift(b.share) - lift(a.share));
  if (first === undefined) return undefined;
  const { evidence, area } = first.share;
  return `it has begun to look at the ${parts[part]} of ${nameOf(first.look, now, classes)}, with ${percent(evidence, 0)} of the evidence on ${percent(area, 0)} of the picture`;
}

/** Digits that are right now and were not after the epoch before. */
function learned({ before, now, classes }: Telling): string | undefined {
  const last = before.at(-1);
  const fresh = now.looks.filter(({ right }, i) => right && last?.looks[i]?.right === false);
  if (fresh.length === 0) return undefined;
  const names = [...new Set(fresh.map((look) => nameOf(look, now, classes)))];
  return `it now gets ${list(names)} right; ${rightOf(now)}`;
}

function hasSettled({ before, now }: Telling): string | undefined {
  const isSettled = ({ agreement }: Moment) => agreement !== undefined && agreement >= settled;
  if (!isSettled(now) || before.some(isSettled)) return undefined;
  return `the maps have settled: their rank correlation with those of the epoch before is ${now.agreement?.toFixed(2)}`;
}

/** Where the evidence lies, in the mean. */
function where(now: Moment): string {
  const seen = now.looks.filter(({ blank }) => !blank);
  if (seen.length === 0) return `nothing speaks for the right class yet in any of the ${now.looks.length} digits`;
  const mean = (value: (look: Look) => number) => seen.reduce((sum, look) => sum + value(look), 0) / seen.length;
  return `${percent(
    mean(({ stroke }) => stroke.evidence),
    0,
  )} of the evidence lies on strokes, which are ${percent(
    mean(({ stroke }) => stroke.area),
    0,
  )} of the picture, and ${rightOf(now)}`;
}

function rightOf({ looks }: Moment): string {
  return `${looks.filter(({ right }) => right).length} of ${looks.length} are right`;
}

function nameOf({ label }: Look, { looks }: Moment, classes: readonly string[]): string {
  const name = classes[label] ?? String(label);
  return looks.filter((look) => look.label === label).length > 1 ? `one of the ${name}s` : `the ${name}`;
}
