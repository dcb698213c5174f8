/** @file False verdicts where there is no difference, at every number of images from 6 to 200: by bootstrap intervals, and by the tests that are used. */

import { bootstrapMean } from "../src/evaluate/statistics/bootstrap.js";
import { holm } from "../src/evaluate/statistics/holm.js";
import { meanInterval } from "../src/evaluate/statistics/mean-interval.js";
import { pairedTest } from "../src/evaluate/statistics/paired-test.js";
import { signFlip } from "../src/evaluate/statistics/sign-flip.js";
import { signFlipInterval } from "../src/evaluate/statistics/sign-flip-interval.js";
import { mean } from "../src/evaluate/statistics/sums.js";
import { type Random, random } from "../src/foundation/random.js";

/** How many studies, and which part alone. */
const [runs, only] = [Number(process.argv[2] ?? 400), process.argv[3]];
/** Levels of 5 %, and of a half and a third of that, are whole numbers of draws. */
const draws = 239;
const level = 0.05;
const [first, last] = [6, 200];
const shown = [6, 8, 10, 15, 20, 30, 50, 100, 200];

const hit = (source: Random) => Number(source.uniform() < 0.1);
const exponential = (source: Random) => -Math.log(1 - source.uniform());

interface Kind {
  /** The value of a map on an image, whichever map it is. */
  readonly value: (source: Random) => number;
  /** Of a baseline; default the same. */
  readonly baseline?: (source: Random) => number;
}

/** Values without a difference: maps that could be exchanged, and two kinds with a mean difference of zero that could not. */
const kinds: Readonly<Record<string, Kind>> = {
  normal: { value: (source) => source.normal() },
  "skewed (log-normal)": { value: (source) => Math.exp(source.normal()) },
  "rare hits (one in ten)": { value: hit },
  "exponential, less its mean": { value: exponential, baseline: () => 1 },
  "rare hits, less their expected share": { value: hit, baseline: () => 0.1 },
};

/** A method's values minus those of three baselines on the same images. */
function differencesOf({ value, baseline = value }: Kind, count: number, source: Random): number[][] {
  const values = Array.from({ length: count }, () => value(source));
  return Array.from({ length: 3 }, () => values.map((each) => each - baseline(source)));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const isClearOfZero = ({ low, high }: { low: number | null; high: number | null }) =>
  low !== null && high !== null && (low > 0 || high < 0);

/** Of one comparison, and of any of three that stand in a table. */
function ratesAt(kind: Kind, name: string, count: number) {
  const source = random(`${name} ${count}`);
  let [single, table] = [0, 0];
  for (let seed = 0; seed < runs; seed++) {
    const differences = differencesOf(kind, count, source);
    const pValues = differences.map((each, i) => pairedTest(each, { seed: `${seed}/${i}`, draws }));
    if ((pValues[0] as number) <= level) single++;
    if (holm(pValues).some((p) => p <= level)) table++;
  }
  return { single: single / runs, table: table / runs };
}

/** Of bootstrap intervals, and of sign-flip tests alone. */
function othersAt(kind: Kind, name: string, count: number): [bootstrap: number, flips: number] {
  const source = random(`${name} ${count}`);
  const samples = Array.from({ length: runs }, () => differencesOf(kind, count, source)[0] as number[]);
  const share = (found: (sample: readonly number[], seed: number) => boolean) => samples.filter(found).length / runs;
  return [
    share((sample, seed) => isClearOfZero(bootstrapMean(sample, seed) ?? { low: null, high: null })),
    share((sample, seed) => signFlip(sample, seed, draws) <= level),
  ];
}

function verdicts(): void {
  console.log(`False verdicts among ${runs} simulated studies without a difference:`);
  console.log("before: the bootstrap interval is clear of zero; flips: the sign-flip test alone;");
  console.log("now: the test that is used, for one comparison, and for any of three in one table");
  for (const [name, kind] of Object.entries(kinds)) {
    if (only && name !== only) continue;
    console.log(`\n${name}\n  images  before   flips     one   table`);
    const rates = new Map<number, ReturnType<typeof ratesAt>>();
    for (let count = first; count <= last; count++) rates.set(count, ratesAt(kind, name, count));
    for (const count of shown) {
      const { single = Number.NaN, table = Number.NaN } = rates.get(count) ?? {};
      const cells = [...othersAt(kind, name, count), single, table].map((rate) => percent(rate).padStart(7));
      console.log(`  ${String(count).padStart(6)} ${cells.join(" ")}`);
    }
    const all = [...rates.values()];
    const chance = level + 3.3 * Math.sqrt((level * (1 - level)) / runs);
    for (const which of ["single", "table"] as const) {
      const [largest, average] = [Math.max(...all.map((each) => each[which])), mean(all.map((each) => each[which]))];
      const above = all.filter((each) => each[which] > chance).length;
      console.log(
        `  ${which}: over all ${all.length} numbers ${percent(average)} on average, at most ${percent(largest)}; above ${percent(chance)}, which 5 % give once in 2,000: ${above}`,
      );
    }
  }
}

type IntervalOf = (sample: readonly number[]) => { readonly low: number | null; readonly high: number | null } | null;

/** How many intervals hold the true mean. */
function coverage(): void {
  console.log(`\nIntervals of 95 % that hold the true mean, of ${runs}: bootstrap, Student's, sign-flip`);
  const sources: Readonly<Record<string, readonly [truth: number, value: (source: Random) => number]>> = {
    normal: [0, (source) => source.normal()],
    uniform: [0.5, (source) => source.uniform()],
    exponential: [1, exponential],
    "rare hits": [0.1, hit],
  };
  for (const [name, [truth, value]] of Object.entries(sources)) {
    for (const count of [6, 10, 20, 50, 200]) {
      const source = random(`${name} ${count}`);
      const samples = Array.from({ length: runs }, () => Array.from({ length: count }, () => value(source)));
      const whole = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
      const kinds: readonly IntervalOf[] = [
        (sample) => bootstrapMean(sample),
        (sample) => meanInterval(sample, whole),
        (sample) => signFlipInterval(sample),
      ];
      const intervals = kinds.map((intervalOf) => {
        const held = samples.map(intervalOf).filter((found) => {
          const [low, high] = [found?.low ?? Number.NaN, found?.high ?? Number.NaN];
          return low - 1e-12 <= truth && truth <= high + 1e-12;
        });
        return percent(held.length / runs).padStart(7);
      });
      console.log(`  ${name.padEnd(12)} ${String(count).padStart(4)} ${intervals.join(" ")}`);
    }
  }
}

if (only !== "intervals") verdicts();
if (!only || only === "intervals") coverage();
