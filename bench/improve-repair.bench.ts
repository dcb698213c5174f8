/**
 * @file How far repairs get on digits with a stamp that is tied to the label, beside placebos and an oracle; and what adversarial training
 * reaches. `npm run bench -- improve-repair [--part stamps|adversarial] [--seeds 1,2,3] [--tied 0.95,0.99,1] [--data digits|mnist]
 * [--digits 3,8] [--images 1500] [--net classic] [--epochs 8] [--steps 10] [--out FILE]`. Figures that FILE already holds are not computed again, so a
 * run that was broken off goes on; the checkpoint of adversarial training lies beside it.
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runtime } from "../src/cli/platform.js";
import type { Cue } from "../src/data/cues/cue.js";
import type { Dataset, LabelledImages } from "../src/data/dataset.js";
import { drawDigits } from "../src/data/digits/digits.js";
import { loadMnist } from "../src/data/idx/mnist.js";
import { first, split, take } from "../src/data/subsets.js";
import { createAttack } from "../src/evaluate/attack/attack.js";
import { createExplainer } from "../src/explain/explainer.js";
import { writeFileAtomically } from "../src/files/atomic.js";
import { at } from "../src/foundation/present.js";
import { random } from "../src/foundation/random.js";
import { resizeMap } from "../src/image/picture/resize.js";
import { imageSetOf } from "../src/improve/image-set.js";
import { elsewhere } from "../src/improve/repair/placebo.js";
import { trainerOf } from "../src/improve/repair/trainer/trainer-of.js";
import type { Trainer, TrainingRun } from "../src/improve/subject.js";
import type { Model } from "../src/model/model.js";
import { openModel } from "../src/model/open.js";
import { createClassifier } from "../src/model/run/classifier.js";
import type { Graph } from "../src/onnx/graph.js";
import { readModel } from "../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";
import { decodeCheckpoint, encodeCheckpoint } from "../src/train/checkpoint.js";
import { trainingSettings } from "../src/train/network/recipes.js";
import { adversarialSettings } from "../src/train/step/adversary.js";
import { trainNetwork } from "../src/train/train.js";
import { trainedModel } from "../src/train/trained-model.js";
import { predictAll, scaleImages } from "../src/train/validate.js";

const { values: flags } = parseArgs({
  options: {
    part: { type: "string", default: "stamps" },
    seeds: { type: "string", default: "1,2,3" },
    tied: { type: "string", default: "0.95,0.99,1" },
    data: { type: "string", default: "digits" },
    images: { type: "string", default: "1500" },
    digits: { type: "string", default: "3,8" },
    net: { type: "string", default: "" },
    epochs: { type: "string", default: "8" },
    steps: { type: "string", default: "10" },
    eps: { type: "string", default: "0.3" },
    out: { type: "string", default: "improve-repair.json" },
  },
});
const numbersIn = (text: string) => text.split(",").map(Number);
const [images, epochs] = [Number(flags.images), Number(flags.epochs)];
const done: Record<string, unknown> = existsSync(flags.out) ? JSON.parse(readFileSync(flags.out, "utf8")) : {};

async function once<Result>(key: string, compute: () => Promise<Result>): Promise<Result> {
  if (!(key in done)) {
    done[key] = await compute();
    await writeFileAtomically(flags.out, JSON.stringify(done, undefined, 2));
  }
  return done[key] as Result;
}

async function whole(seed: number, count: number): Promise<Dataset> {
  if (flags.data !== "mnist") return drawDigits({ seed, train: count, test: 2000 });
  const mnist = await loadMnist("mnist", { directory: process.env.FOVEA_DATA });
  return { ...mnist, train: first(mnist.train, count), test: first(mnist.test, 2000) };
}

/** Two digits that look alike, as two classes. */
async function pair(seed: number): Promise<Dataset> {
  const digits = numbersIn(flags.digits);
  const { train, test, ...about } = await whole(seed, 10 * Math.ceil(images / digits.length) + 500);
  const only = (part: LabelledImages, most: number) => {
    const those = Array.from(part.labels.keys()).filter((i) => digits.includes(at(part.labels, i)));
    const some = take(part, those.slice(0, most));
    return { ...some, labels: some.labels.map((label) => digits.indexOf(label)) };
  };
  return { ...about, classes: digits.map(String), train: only(train, images), test: only(test, test.count) };
}

/** Colours of the stamps, one for each class. */
const stampColours = [
  [255, 40, 40],
  [40, 255, 40],
  [60, 60, 255],
  [255, 255, 60],
];

/** In colour, each with a square of 5 x 5 pixels at the upper left: its class's with the chance `tied`, else another's. */
function stamped(plain: LabelledImages, classes: number, tied: number, seed: number | string) {
  const { height, width, count, labels } = plain;
  const area = height * width;
  const source = random(seed).fork("stamps");
  const pixels = new Uint8Array(3 * plain.pixels.length);
  const cues = labels.map((label) =>
    source.uniform() < tied ? label : (label + 1 + source.below(classes - 1)) % classes,
  );
  for (let i = 0; i < count; i++) {
    const grey = plain.pixels.subarray(i * area, (i + 1) * area);
    for (let c = 0; c < 3; c++) {
      const to = (3 * i + c) * area;
      pixels.set(grey, to);
      for (let y = 1; y < 6; y++) {
        pixels.fill(at(at(stampColours, at(cues, i)), c), to + y * width + 1, to + y * width + 6);
      }
    }
  }
  return { images: { ...plain, pixels, channels: 3 }, cues };
}

/** Accuracies on the test images with stamps that tell nothing, by whether an image's stamp is its own class's. */
interface Figures {
  readonly mean: number;
  readonly worst: number;
}

/** The test images with every class's stamp equally often; the mean and the least over classes with their own and another's stamp. */
async function measure(graph: Graph, test: LabelledImages, classes: number): Promise<Figures> {
  const own = stamped(test, classes, 1, "own").images;
  const other = stamped(test, classes, 0, "other").images;
  const shares: number[] = [];
  for (const shown of [own, other]) {
    const rows = await predictAll(graph, shown, runtime);
    for (let label = 0; label < classes; label++) {
      const those = Array.from(shown.labels.keys()).filter((i) => shown.labels[i] === label);
      const right = those.filter((i) => {
        const row = rows.subarray(i * classes, (i + 1) * classes);
        return row.indexOf(Math.max(...row)) === label;
      });
      shares.push(right.length / those.length);
    }
  }
  return { mean: shares.reduce((a, b) => a + b) / shares.length, worst: Math.min(...shares) };
}

/** Where the mean map of the training images is above a quarter of its peak. */
async function regionOf(model: Model, { count, height, width, ...rest }: LabelledImages): Promise<Cue> {
  const shown = Math.min(count, 400);
  const explainer = await createExplainer(model, { runtime, method: "hires-cam" });
  const sum = new Float64Array(height * width);
  for (let begin = 0; begin < shown; begin += 50) {
    const x = scaleImages({ count, height, width, ...rest }, begin, 50);
    // Of the predicted class, which on images that were learned from is the true one.
    const explained = await explainer.explain(x);
    for (let i = 0; i < 50; i++) {
      const map = explained.at(i).map();
      const peak = Math.max(...map.values, 1e-12);
      resizeMap(map, width, height).values.forEach((value, k) => {
        sum[k] = at(sum, k) + value / peak;
      });
    }
  }
  await explainer.close();
  const peak = Math.max(...sum);
  return { kind: "region", mask: { width, height, places: Uint8Array.from(sum, (v) => (v > 0.25 * peak ? 1 : 0)) } };
}

async function stamps(): Promise<void> {
  console.log("tied   seed  training            mean    worst group");
  for (const tied of numbersIn(flags.tied)) {
    for (const seed of numbersIn(flags.seeds)) {
      const dataset = await pair(seed);
      const classes = dataset.classes.length;
      const { images: biased, cues } = stamped(dataset.train, classes, tied, seed);
      const settings = trainingSettings(flags.net || "classic", { seed, epochs });
      const trained = await trainNetwork(biased, undefined, classes, settings, { runtime });
      const file = writeModel(trainedModel({ ...dataset, train: biased }, biased.count, trained, {}));
      const model = await openModel(readModel(file), runtime);
      const input = async (pixels: Tensor) =>
        float32(
          pixels.dims,
          Array.from(pixels.bytes, (value) => value / 255),
        );
      const trainer = trainerOf(model, { runtime, input }) as Trainer;
      const cue = await regionOf(model, biased);
      const train = imageSetOf(biased, "train-");
      const show = async (name: string, change: Partial<TrainingRun> | undefined) => {
        const figures = await once(
          `${flags.data} ${flags.digits} ${images} ${settings.network} ${epochs} ${tied} ${seed} ${name}`,
          async () => {
            const graph = change ? await trainer.train({ seed, train, validation: train, ...change }) : trained.graph;
            return measure(graph as Graph, dataset.test, classes);
          },
        );
        const [mean, worst] = [figures.mean, figures.worst].map((value) => (100 * value).toFixed(1).padStart(6));
        console.log(`${String(tied).padEnd(6)} ${String(seed).padEnd(5)} ${name.padEnd(18)} ${mean} % ${worst} %`);
      };
      // The oracle knows which stamp each image bears.
      const groups = Array.from(biased.labels, (label, i) => 2 * label + (label === cues[i] ? 0 : 1));
      await show("biased", undefined);
      await show("repaired", { exchange: [cue] });
      await show("placebo, moved", { exchange: [elsewhere(cue) as Cue] });
      await show("placebo, random", { exchange: [randomRegion(cue, seed)] });
      await show("erased", { erase: areaOfCue(cue) });
      if (tied < 1) await show("oracle groups", { groups });
      if (tied < 1) await show("oracle last layer", { groups, lastLayer: true });
    }
  }
}

function areaOfCue(cue: Cue): number {
  return cue.kind === "region" ? cue.mask.places.reduce((a, b) => a + b, 0) / cue.mask.places.length : 0.5;
}

/** As many places, anywhere. */
function randomRegion(cue: Cue, seed: number): Cue {
  if (cue.kind !== "region") return cue;
  const { width, height } = cue.mask;
  const source = random(seed).fork("random region");
  const places = Uint8Array.from(cue.mask.places);
  for (let i = places.length - 1; i > 0; i--) {
    const j = source.below(i + 1);
    [places[i], places[j]] = [at(places, j), at(places, i)];
  }
  return { kind: "region", mask: { width, height, places } };
}

/** Adversarial training, and the accuracy under the attack that the literature reports: 40 steps within eps. */
async function adversarial(): Promise<void> {
  const seed = at(numbersIn(flags.seeds), 0);
  const dataset = await whole(seed, images);
  const network = flags.net || "compact";
  const eps = Number(flags.eps);
  const [name, steps] = [
    `${flags.data} ${images} ${network} ${epochs} adversarial ${eps} ${flags.steps}`,
    Number(flags.steps),
  ];
  const figures = await once(name, async () => {
    const attacked = adversarialSettings(eps, steps);
    const settings = { ...trainingSettings(network, { seed, epochs, augmentation: null }), adversarial: attacked };
    const checkpoint = `${flags.out}.checkpoint`;
    const { train, validation } = split(dataset.train, 0.02, seed);
    const result = await trainNetwork(train, validation, dataset.classes.length, settings, {
      runtime,
      ...(existsSync(checkpoint) ? { from: decodeCheckpoint(readFileSync(checkpoint)) } : {}),
      onEpoch: async (state) => {
        await writeFileAtomically(checkpoint, encodeCheckpoint(state));
        const last = state.history.at(-1);
        console.log(
          `epoch ${last?.epoch}: attacked ${last?.trainAccuracy.toFixed(4)}, clean ${last?.validationAccuracy?.toFixed(4)}`,
        );
      },
    });
    const file = writeModel(trainedModel(dataset, train.count, result, {}));
    return underAttack(await openModel(readModel(file), runtime), first(dataset.test, 1000), eps);
  });
  console.log(
    `${name}: clean ${(100 * figures.clean).toFixed(1)} %, under PGD ${(100 * figures.attacked).toFixed(1)} %`,
  );
}

async function underAttack(model: Model, test: LabelledImages, eps: number) {
  const [attack, classifier] = [await createAttack(model, { runtime }), createClassifier(model, { runtime })];
  const right = async (x: Tensor, begin: number) => {
    const rows = floats(await classifier.classify(x));
    return Array.from({ length: at(x.dims, 0) }, (_, i) => {
      const row = rows.subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row)) === test.labels[begin + i] ? 1 : 0;
    }).reduce((a: number, b) => a + b, 0);
  };
  let [clean, attacked] = [0, 0];
  for (let begin = 0; begin < test.count; begin += 100) {
    const x = scaleImages(test, begin, Math.min(100, test.count - begin));
    clean += await right(x, begin);
    const labels = test.labels.subarray(begin, begin + at(x.dims, 0));
    attacked += await right((await attack.run(x, labels, { eps, steps: 40 })).images, begin);
  }
  await attack.close();
  await classifier.close();
  return { clean: clean / test.count, attacked: attacked / test.count };
}

await (flags.part === "adversarial" ? adversarial() : stamps());
