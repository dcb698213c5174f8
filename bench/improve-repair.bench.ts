/**
 * @file How far repairs get on the stamped digits of examples/bias, beside placebos and an oracle; and what adversarial training reaches.
 * `npm run bench -- improve-repair [--part stamps] [--seeds 1,2,3] [--tied 0.95,0.99,1] [--images 600] [--epochs 8] [--out FILE]`, and
 * `npm run bench -- improve-repair --part adversarial [--data mnist|digits] [--images 60000] [--epochs 30] [--eps 0.3] [--steps 10]`.
 * Figures that FILE already holds are not computed again, and adversarial training goes on from the checkpoint beside it: a run that was
 * broken off goes on where it was.
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { drawExperiment, type StampedDigits } from "../examples/bias/stamped-digits.js";
import { runtime } from "../src/cli/platform.js";
import type { Cue } from "../src/data/cues/cue.js";
import type { LabelledImages } from "../src/data/dataset.js";
import { drawDigits } from "../src/data/digits/digits.js";
import { loadMnist } from "../src/data/idx/mnist.js";
import { first, split } from "../src/data/subsets.js";
import { createAttack } from "../src/evaluate/attack/attack.js";
import { createExplainer } from "../src/explain/explainer.js";
import { writeFileAtomically } from "../src/files/atomic.js";
import { at } from "../src/foundation/present.js";
import { random } from "../src/foundation/random.js";
import { resizeMap } from "../src/image/picture/resize.js";
import { imageSetOf } from "../src/improve/image-set.js";
import { areaOf } from "../src/improve/repair/placebo.js";
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
import { keptFigures } from "./improve/kept-figures.js";

const { values: flags } = parseArgs({
  options: {
    part: { type: "string", default: "stamps" },
    seeds: { type: "string", default: "1,2,3" },
    tied: { type: "string", default: "0.95,0.99,1" },
    data: { type: "string", default: "mnist" },
    images: { type: "string" },
    epochs: { type: "string" },
    steps: { type: "string", default: "10" },
    eps: { type: "string", default: "0.3" },
    out: { type: "string", default: "improve-repair.json" },
  },
});
const numbersIn = (text: string) => text.split(",").map(Number);
const once = keptFigures(flags.out);

/** Accuracies on the test images with stamps that tell nothing, by whether an image's stamp is its own class's. */
interface Figures {
  readonly mean: number;
  readonly worst: number;
}

/** The mean and the least over classes with their own and another's stamp. */
async function measure(graph: Graph, { images, stamps: borne }: StampedDigits): Promise<Figures> {
  const rows = await predictAll(graph, images, runtime);
  const groups = new Map<number, boolean[]>();
  images.labels.forEach((label, i) => {
    const group = 2 * label + at(borne, i);
    const right = (at(rows, 2 * i + 1) > at(rows, 2 * i) ? 1 : 0) === label;
    groups.set(group, [...(groups.get(group) ?? []), right]);
  });
  const shares = [...groups.values()].map((all) => all.filter(Boolean).length / all.length);
  return { mean: shares.reduce((a, b) => a + b) / shares.length, worst: Math.min(...shares) };
}

/** Where the mean map of the training images is above this share of its peak. */
async function regionOf(model: Model, images: LabelledImages, threshold: number): Promise<Cue> {
  const { count, height, width } = images;
  const shown = Math.min(count, 400);
  const explainer = await createExplainer(model, { runtime, method: "hires-cam" });
  const sum = new Float64Array(height * width);
  for (let begin = 0; begin < shown; begin += 50) {
    const x = scaleImages(images, begin, 50);
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
  return {
    kind: "region",
    mask: { width, height, places: Uint8Array.from(sum, (v) => (v > threshold * peak ? 1 : 0)) },
  };
}

async function stamps(): Promise<void> {
  const [images, epochs] = [Number(flags.images ?? 600), Number(flags.epochs ?? 8)];
  console.log("tied   seed  training            mean     worst group");
  for (const tied of numbersIn(flags.tied)) {
    for (const seed of numbersIn(flags.seeds)) {
      const { biased, rebalanced, test } = drawExperiment({ seed, train: images, test: 400, tied });
      const settings = trainingSettings("compact", { seed, epochs, batchSize: 64, augmentation: null });
      const trained = await trainNetwork(biased.images, undefined, 2, settings, { runtime });
      const dataset = {
        name: "stamped digits",
        source: "drawn",
        classes: ["3", "5"],
        train: biased.images,
        test: test.images,
      };
      const file = writeModel(trainedModel(dataset, images, trained, {}));
      const model = await openModel(readModel(file), runtime);
      const input = async (pixels: Tensor) =>
        float32(
          pixels.dims,
          Array.from(pixels.bytes, (value) => value / 255),
        );
      const trainer = trainerOf(model, { runtime, input }) as Trainer;
      const cue = await regionOf(model, biased.images, 0.25);
      const train = imageSetOf(biased.images, "train-");
      const show = async (name: string, change: Partial<TrainingRun> | undefined) => {
        const figures = await once(`compact ${images} ${epochs} ${tied} ${seed} ${name}`, async () => {
          const graph = change ? await trainer.train({ seed, train, validation: train, ...change }) : trained.graph;
          return measure(graph as Graph, test);
        });
        const [mean, worst] = [figures.mean, figures.worst].map((value) => (100 * value).toFixed(1).padStart(6));
        console.log(`${String(tied).padEnd(6)} ${String(seed).padEnd(5)} ${name.padEnd(18)} ${mean} % ${worst} %`);
      };
      // The oracle knows which stamp each image bears.
      const groups = Array.from(biased.images.labels, (label, i) => 2 * label + (label === biased.stamps[i] ? 0 : 1));
      await show("biased", undefined);
      await show("repaired", { exchange: [cue] });
      await show("placebo, mirrored", { exchange: [mirrored(cue)] });
      await show("placebo, random", { exchange: [randomRegion(cue, seed)] });
      await show("erased", { erase: areaOf([cue]) });
      await show("oracle", { train: imageSetOf(rebalanced.images, "train-") });
      if (tied < 1) await show("group weights", { groups });
      if (tied < 1) await show("last layer", { groups, lastLayer: true });
    }
  }
}

/** Left and right exchanged. */
function mirrored(cue: Cue): Cue {
  if (cue.kind !== "region") return cue;
  const { width, height, places } = cue.mask;
  const turned = places.map((_, i) => at(places, Math.floor(i / width) * width + width - 1 - (i % width)));
  return { kind: "region", mask: { width, height, places: turned } };
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
  const [images, epochs, steps] = [Number(flags.images ?? 60000), Number(flags.epochs ?? 30), Number(flags.steps)];
  const mnist = flags.data === "mnist" ? await loadMnist("mnist", { directory: process.env.FOVEA_DATA }) : undefined;
  const dataset = mnist ?? drawDigits({ seed, train: images, test: 2000 });
  const network = "compact";
  const eps = Number(flags.eps);
  const name = `${flags.data} ${images} ${network} ${epochs} adversarial ${eps} ${flags.steps}`;
  const figures = await once(name, async () => {
    const attacked = adversarialSettings(eps, steps);
    const settings = { ...trainingSettings(network, { seed, epochs, augmentation: null }), adversarial: attacked };
    const checkpoint = `${flags.out}.checkpoint`;
    const { train, validation } = split(first(dataset.train, images), 0.02, seed);
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
