/**
 * @file How far `fovea improve` gets when it is not told what is wrong: another program plants a cue, trains a network that goes by it, and
 * measures on images in which the cue says nothing; and what it does to networks of data without a cue.
 * `npm run bench -- improve [--part bias|planted|tint|decoy|clean] [--seeds 1,2,3,4,5] [--tied 0.95,0.99,1] [--kinds stamp,stripes]
 * [--digits 3,5] [--images 1000] [--epochs 3] [--out FILE]`. Figures that FILE already holds are not computed again: a run that was broken off goes on
 * where it was.
 */

import { parseArgs } from "node:util";
import { drawExperiment, side, stampBox } from "../examples/bias/stamped-digits.js";
import { runtime } from "../src/cli/platform.js";
import type { Dataset, LabelledImages } from "../src/data/dataset.js";
import { drawDigits } from "../src/data/digits/digits.js";
import { loadMnist, type MnistName } from "../src/data/idx/mnist.js";
import { type Planted, plant, plantings } from "../src/data/planted/plant.js";
import { drawShapes } from "../src/data/shapes.js";
import { first, take } from "../src/data/subsets.js";
import { at } from "../src/foundation/present.js";
import { permutation, random } from "../src/foundation/random.js";
import { list, percent } from "../src/foundation/words.js";
import type { Mask } from "../src/image/map/mask.js";
import type { Box } from "../src/image/picture/resize.js";
import type { Verdict } from "../src/improve/protocol/sections.js";
import { writeModel } from "../src/onnx/write.js";
import { trainingSettings } from "../src/train/network/recipes.js";
import { trainNetwork } from "../src/train/train.js";
import { trainedModel } from "../src/train/trained-model.js";
import { type GroupAccuracies, groupAccuracies, likeness, placeOf } from "./improve/balanced-test.js";
import { keptFigures } from "./improve/kept-figures.js";
import { type Outcome, wholeLoop } from "./improve/whole-loop.js";

const { values: flags } = parseArgs({
  options: {
    part: { type: "string" },
    seeds: { type: "string", default: "1,2,3,4,5" },
    tied: { type: "string" },
    kinds: { type: "string" },
    network: { type: "string", default: "classic" },
    digits: { type: "string", default: "3,5" },
    images: { type: "string" },
    epochs: { type: "string" },
    out: { type: "string", default: "improve.json" },
  },
});
const once = keptFigures(flags.out);
const seeds = flags.seeds.split(",").map(Number);

/** Images of the sealed test, and of the independent one. */
const [sealed, independent] = [400, 4000];

/** Trains the network on a dataset's training images. */
async function train({ train: images, classes }: Pick<Dataset, "train" | "classes">, run: Run) {
  const { network = flags.network, seed, epochs, augmentation } = run;
  const plain = augmentation === null ? { augmentation } : {};
  const settings = trainingSettings(network, { seed, epochs, batchSize: 64, ...plain });
  return trainNetwork(images, undefined, classes.length, settings, { runtime });
}

async function trainAndImprove(dataset: Dataset, run: Run) {
  const trained = await train(dataset, run);
  const outcome = await wholeLoop(
    writeModel(trainedModel(dataset, dataset.train.count, trained, {})),
    dataset,
    run.seed,
  );
  return { trained, outcome };
}

/** What is kept of the loop. */
function kept({ verdicts, verified, chosen, proof, graph }: Outcome) {
  return {
    verdicts: verdicts.map(({ id, verified: is, reason, followed, despite, rest, whole, corrected }: Verdict) => ({
      ...{ id, verified: is, reason, corrected, followed: followed.value, despite: despite.value },
      ...{ rest: rest?.value, whole: whole?.value },
    })),
    verified: verified.map(({ id }) => id),
    chosen: chosen?.chosen ?? null,
    chosenBecause: chosen?.sentence,
    proof: proof?.sentence,
    placeboWorst: proof?.controls.find(({ name }) => name === "placebo")?.worst.value,
    written: graph !== undefined,
  };
}

interface PlantedFigures extends ReturnType<typeof kept> {
  /** Of the regions that were verified and the planted place. */
  readonly likeness: number | undefined;
  readonly before: GroupAccuracies;
  /** Of the model that was written. */
  readonly after: GroupAccuracies | undefined;
  /** Trained the same way on the same images with a cue that says nothing. */
  readonly oracle: GroupAccuracies;
  readonly seconds: number;
}

/** Images without a cue: to learn from, of the sealed test, and of the independent one. */
interface PlainImages {
  readonly name: string;
  readonly classes: readonly string[];
  readonly train: LabelledImages;
  readonly sealed: LabelledImages;
  readonly independent: LabelledImages;
}

interface Run {
  readonly seed: number;
  readonly epochs: number;
  /** Default `--network`. */
  readonly network?: string;
  readonly augmentation?: null;
}

interface PlantedRun extends Run {
  readonly kind: string;
  readonly tied: number;
}

/** Data with a cue. */
interface Biased {
  readonly dataset: Dataset;
  /** The training images with a cue that says nothing. */
  readonly told: LabelledImages;
  readonly test: Planted;
  readonly place: Mask | undefined;
}

function planted(plain: PlainImages, { kind, tied, seed }: PlantedRun): Biased {
  const classes = plain.classes.length;
  const marked = (part: "train" | "sealed" | "independent", share: number) =>
    plant(plain[part], classes, { kind, tied: share, seed: `${seed}/${part}` });
  const dataset: Dataset = {
    ...{ name: `${plain.name} with ${kind}`, source: "planted", classes: plain.classes },
    train: marked("train", tied).images,
    test: marked("sealed", tied).images,
  };
  const test = marked("independent", 0.5);
  const place = placeOf(kind, test.images, classes);
  return { dataset, told: marked("train", 1 / classes).images, test, place };
}

async function findAndImprove({ dataset, told, test, place }: Biased, run: PlantedRun): Promise<PlantedFigures> {
  const start = performance.now();
  const classes = dataset.classes.length;
  const { trained, outcome } = await trainAndImprove(dataset, run);
  const regions = outcome.verified.map(({ cue }) => cue);
  const oracle = await train({ ...dataset, train: told }, run);
  return {
    ...kept(outcome),
    likeness: likeness(regions, place),
    before: await groupAccuracies(trained.graph, test, classes),
    after: outcome.graph && (await groupAccuracies(outcome.graph, test, classes)),
    oracle: await groupAccuracies(oracle.graph, test, classes),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Worst group and mean of groups, in percent. */
const inWords = (figures: GroupAccuracies | undefined) =>
  figures ? `${(100 * figures.worst).toFixed(1)} (${(100 * figures.mean).toFixed(1)})` : "none written";

/** The group that loses most, in points. */
function largestLoss({ before, after }: PlantedFigures): string {
  if (after === undefined) return "";
  const losses = before.groups.map((value, group) => value - at(after.groups, group));
  return (100 * Math.max(0, ...losses)).toFixed(1);
}

function showPlanted(name: string, tied: number, seed: number, figures: PlantedFigures): void {
  const { verified, likeness: alike, before, after, oracle, chosen, placeboWorst, seconds } = figures;
  const found = verified.length > 0 ? list(verified) : "not found";
  const columns = [
    name,
    percent(tied, 0),
    String(seed),
    found + (alike === undefined ? "" : `, IoU ${alike.toFixed(2)}`),
    chosen ?? "",
    inWords(before),
    inWords(after),
    inWords(oracle),
    placeboWorst === undefined ? "" : (100 * placeboWorst).toFixed(1),
    largestLoss(figures),
    seconds.toFixed(0),
  ];
  console.log(`| ${columns.join(" | ")} |`);
}

function headPlanted(): void {
  const names = [
    "cue",
    "tied",
    "seed",
    "verified",
    "repair",
    "before",
    "after",
    "oracle",
    "placebo",
    "largest loss",
    "s",
  ];
  console.log(`| ${names.join(" | ")} |\n|${" --- |".repeat(names.length)}`);
}

async function plantedRuns(kinds: readonly string[], shares: readonly number[], epochs: number): Promise<void> {
  const images = Number(flags.images ?? 1000);
  headPlanted();
  for (const kind of kinds)
    for (const tied of shares)
      for (const seed of seeds) {
        const key = `${flags.network} digits ${flags.digits} ${images} ${epochs} ${kind} ${tied} ${seed}`;
        const run = { kind, tied, seed, epochs };
        const figures = await once(key, () => findAndImprove(planted(plainDigits(images, seed), run), run));
        showPlanted(kind, tied, seed, figures);
      }
}

/** Drawn digits of the classes that are to be told apart. */
function plainDigits(images: number, seed: number): PlainImages {
  const wanted = flags.digits.split(",").map(Number);
  const share = 10 / wanted.length;
  const all = drawDigits({ seed, train: Math.ceil(share * images), test: Math.ceil(share * (sealed + independent)) });
  const [learned, test] = [ofClasses(all.train, wanted), ofClasses(all.test, wanted)];
  return {
    ...{ name: "digits", classes: wanted.map(String), train: learned, sealed: first(test, sealed) },
    independent: take(
      test,
      Array.from({ length: test.count - sealed }, (_, i) => sealed + i),
    ),
  };
}

/** The images of some classes, labelled by their places in the list. */
function ofClasses(images: LabelledImages, wanted: readonly number[]): LabelledImages {
  const places = Array.from(images.labels.keys()).filter((i) => wanted.includes(at(images.labels, i)));
  const chosen = take(images, places);
  return { ...chosen, labels: chosen.labels.map((label) => wanted.indexOf(label)) };
}

/** The stamped digits of examples/bias, trained as there. */
async function biasRuns(shares: readonly number[]): Promise<void> {
  const images = Number(flags.images ?? 600);
  headPlanted();
  for (const tied of shares)
    for (const seed of seeds) {
      const figures = await once(`bias ${images} ${tied} ${seed}`, () => {
        const run = { kind: "bias", tied, seed, epochs: 8, network: "compact", augmentation: null };
        return findAndImprove(stampedDigits(images, run), run);
      });
      showPlanted("stamp in colour", tied, seed, figures);
    }
}

function stampedDigits(images: number, { tied, seed }: PlantedRun): Biased {
  const { biased, rebalanced, test } = drawExperiment({ seed, train: images, test: independent, tied });
  const sealedOnes = drawExperiment({ seed: 1000 + seed, train: sealed, test: 1, tied }).biased;
  const classes = ["3", "5"];
  return {
    dataset: { name: "stamped digits", source: "drawn", classes, train: biased.images, test: sealedOnes.images },
    told: rebalanced.images,
    test: { images: test.images, cues: test.stamps },
    place: maskOf(stampBox),
  };
}

function maskOf({ x, y, width, height }: Box): Mask {
  const within = (place: number, from: number, length: number) => place >= from && place < from + length;
  const places = Uint8Array.from({ length: side * side }, (_, i) =>
    within(i % side, x, width) && within(Math.floor(i / side), y, height) ? 1 : 0,
  );
  return { width: side, height: side, places };
}

/** Grey patches on MNIST; in the independent test the grey says nothing. */
async function decoy(shares: readonly number[], epochs: number): Promise<void> {
  const images = Number(flags.images ?? 10_000);
  const mnist = await loadMnist("mnist", { directory: process.env.FOVEA_DATA });
  headPlanted();
  for (const tied of shares)
    for (const seed of seeds) {
      const key = `${flags.network} mnist ${images} ${epochs} grey-patch ${tied} ${seed}`;
      const figures = await once(key, () => {
        const run = { kind: "grey-patch", tied, seed, epochs };
        return findAndImprove(planted({ ...mnistPart(mnist, images, seed), name: "mnist" }, run), run);
      });
      showPlanted("grey patch, MNIST", tied, seed, figures);
    }
}

/** Part of the training images, drawn by the seed; the test is cut in two. */
function mnistPart(
  { classes, train: learned, test }: Dataset,
  images: number,
  seed: number,
): Omit<PlainImages, "name"> {
  const order = permutation(test.count, random(`${seed} test`));
  return {
    classes,
    train: take(learned, permutation(learned.count, random(`${seed} train`)).subarray(0, images)),
    sealed: take(test, order.subarray(0, sealed)),
    independent: take(test, order.subarray(sealed)),
  };
}

/** Datasets without a cue. */
const clean: Readonly<Record<string, (seed: number, images: number) => Promise<Dataset>>> = {
  digits: async (seed, images) => drawDigits({ seed, train: images, test: sealed }),
  /** Of all data here those whose classes differ at the fewest places. */
  "two-digits": async (seed, images) => {
    const { name, classes, train: learned, sealed: test } = plainDigits(images, seed);
    return { name, source: "drawn", classes, train: learned, test };
  },
  shapes: async (seed, images) => drawShapes({ seed, train: images, test: sealed }),
  mnist: (seed, images) => published("mnist", seed, images),
  "fashion-mnist": (seed, images) => published("fashion-mnist", seed, images),
};

async function published(name: MnistName, seed: number, images: number): Promise<Dataset> {
  const dataset = await loadMnist(name, { directory: process.env.FOVEA_DATA });
  const { train: learned, sealed: test } = mnistPart(dataset, images, seed);
  return { ...dataset, train: learned, test };
}

async function cleanRuns(epochs: number): Promise<void> {
  const images = Number(flags.images ?? 3000);
  const names = flags.kinds?.split(",") ?? ["digits", "two-digits", "shapes", "mnist"];
  console.log(`| data | seed | accuracy | hypotheses | strongest | verified | model written |\n|${" --- |".repeat(7)}`);
  let [runs, nothing] = [0, 0];
  for (const name of names)
    for (const seed of seeds) {
      const key = `${flags.network} clean ${name} ${images} ${epochs} ${seed}`;
      const figures = await once(key, async () => {
        const dataset = await at(
          Object.entries(clean).flatMap(([own, load]) => (own === name ? [load] : [])),
          0,
        )(seed, images);
        const { trained, outcome } = await trainAndImprove(dataset, { seed, epochs });
        const untouched = { images: dataset.test, cues: dataset.test.labels };
        return { ...kept(outcome), ...(await groupAccuracies(trained.graph, untouched, dataset.classes.length)) };
      });
      const { verdicts, verified, written, overall } = figures;
      const strongest = Math.max(0, ...verdicts.map(({ despite }) => despite));
      runs++;
      if (verified.length === 0) nothing++;
      const columns = [
        name,
        seed,
        percent(overall, 1),
        verdicts.length,
        percent(strongest, 1),
        list(verified),
        written ? "yes" : "no",
      ];
      console.log(`| ${columns.join(" | ")} |`);
    }
  console.log(`\nnothing verified in ${nothing} of ${runs} runs`);
}

const shares = (usual: string) => (flags.tied ?? usual).split(",").map(Number);
const kinds = () => flags.kinds?.split(",") ?? plantings.map(({ name }) => name);
const epochs = Number(flags.epochs ?? 3);

const parts: Readonly<Record<string, () => Promise<void>>> = {
  bias: () => biasRuns(shares("0.95,0.99,1")),
  planted: () => plantedRuns(kinds(), shares("0.95"), epochs),
  tint: () => plantedRuns(["tinted-paper"], shares("0.95,0.99,1"), epochs),
  decoy: () => decoy(shares("1"), epochs),
  clean: () => cleanRuns(epochs),
};
for (const [name, run] of Object.entries(parts)) if (flags.part === undefined || flags.part === name) await run();
