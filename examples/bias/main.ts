/** @file Finds a bias in the training data by looking, removes it, and measures both. `npx tsx examples/bias/main.ts [--out folder] [--seeds 1,2,3]` */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { areaInside } from "../../src/evaluate/trial/evidence.js";
import { writeFileAtomically } from "../../src/files/atomic.js";
import { drawMaps, drawReport, type ShownModel } from "./draw-results.js";
import { type Leaning, measure, trainOn } from "./experiment.js";
import { digits, drawExperiment, side, stampBox } from "./stamped-digits.js";

const { values } = parseArgs({
  options: { out: { type: "string", default: "fovea-bias" }, seeds: { type: "string", default: "1,2,3" } },
});
const seeds = values.seeds.split(",").map(Number);
if (!seeds.every(Number.isSafeInteger)) {
  console.error(`bias: --seeds: expected whole numbers with commas between, got "${values.seeds}"`);
  process.exit(2);
}
const [train, test, epochs] = [600, 400, 8];
const areaOfStamp = areaInside({ width: side, height: side }, [stampBox]);
const began = performance.now();
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

console.log(
  `${digits.join(" or ")}? ${train} drawn digits to learn from, each with an orange or a blue stamp in the corner.
biased:     95 % of each class bear the stamp of their class
rebalanced: the same digits, half of each class with either stamp
Both are measured on ${test} other digits, half of each class with either stamp.`,
);

/** The figures of both networks side by side, as the paper's doctors and nurses (Selvaraju et al. 2020, section 6.3). */
function print(seed: number, biased: Leaning, rebalanced: Leaning): void {
  const line = (what: string, of: (leaning: Leaning) => string) =>
    console.log(what.padEnd(54) + of(biased).padStart(10) + of(rebalanced).padStart(12));
  console.log();
  line(`seed ${seed}`, (leaning) => (leaning === biased ? "biased" : "rebalanced"));
  line("accuracy", ({ all }) => percent(all.accuracy.value));
  line("  on images with the stamp of their class", ({ own }) => percent(own.accuracy.value));
  line("  on images with the stamp of the other class", ({ other }) => percent(other.accuracy.value));
  line("evidence for the true class that lies on the stamp", ({ all }) => percent(all.truthOnStamp.value));
  line("  on images with the stamp of their class", ({ own }) => percent(own.truthOnStamp.value));
  line("  on images with the stamp of the other class", ({ other }) => percent(other.truthOnStamp.value));
  line("evidence for the predicted class that lies on it", ({ all }) => percent(all.saidOnStamp.value));
}

const results: { readonly biased: Leaning; readonly rebalanced: Leaning }[] = [];
for (const seed of seeds) {
  const experiment = drawExperiment({ seed, train, test });
  const biased = await trainOn(experiment.biased, seed, epochs);
  const rebalanced = await trainOn(experiment.rebalanced, seed, epochs);
  const result = {
    biased: await measure(biased.model, experiment.test),
    rebalanced: await measure(rebalanced.model, experiment.test),
  };
  results.push(result);
  print(seed, result.biased, result.rebalanced);
  if (seed !== seeds[0]) continue;
  const shown: ShownModel[] = [
    { name: "biased", description: "95 % of its training images bear the stamp of their class.", model: biased.model },
    {
      name: "rebalanced",
      description: "The same digits, half of each class with either stamp.",
      model: rebalanced.model,
    },
  ];
  const dataset = {
    name: "stamped digits",
    source: `digits drawn by fovea (seed ${seed}), each with a stamp`,
    classes: digits.map(String),
    train: experiment.rebalanced.images,
    test: experiment.test.images,
  };
  const findings = shown.map(({ name }, i) => {
    const { all, other } = i === 0 ? result.biased : result.rebalanced;
    return `Of what speaks for the class that the ${name} network predicts, ${percent(all.saidOnStamp.value)} lies on the stamp, which is ${percent(areaOfStamp)} of the area; of the images with the other class's stamp it gets ${percent(other.accuracy.value)} right.`;
  });
  const report = await drawReport(shown, dataset, { findings, command: "npx tsx examples/bias/main.ts", seed });
  await writeFileAtomically(join(values.out, "report.html"), report);
  await writeFileAtomically(join(values.out, "before-after.png"), await drawMaps(shown, experiment.test));
  await writeFileAtomically(join(values.out, "biased.onnx"), biased.bytes);
  await writeFileAtomically(join(values.out, "rebalanced.onnx"), rebalanced.bytes);
}

const mean = (of: (result: (typeof results)[number]) => number) =>
  results.reduce((sum, result) => sum + of(result), 0) / results.length;
const accuracy = (leaning: Leaning) => leaning.all.accuracy.value;
const truth = (leaning: Leaning) => leaning.all.truthOnStamp.value;
const said = (leaning: Leaning) => leaning.all.saidOnStamp.value;
console.log(`
Before and after rebalancing, means over seeds ${seeds.join(", ")}:
accuracy on the balanced test: ${percent(mean(({ biased }) => accuracy(biased)))} -> ${percent(mean(({ rebalanced }) => accuracy(rebalanced)))}
evidence for the true class on the stamp: ${percent(mean(({ biased }) => truth(biased)))} -> ${percent(mean(({ rebalanced }) => truth(rebalanced)))}
evidence for the predicted class on the stamp: ${percent(mean(({ biased }) => said(biased)))} -> ${percent(mean(({ rebalanced }) => said(rebalanced)))}
A uniform map would have ${percent(areaOfStamp)} there.

Done in ${((performance.now() - began) / 1000).toFixed(0)} s. The report: ${resolve(values.out, "report.html")}`);
