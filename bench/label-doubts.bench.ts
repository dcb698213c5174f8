/** @file Labels in doubt: of a few labels changed at random on drawn digits, how many are named, and how many others. */

import { runtime } from "../src/cli/platform.js";
import { drawDigits } from "../src/data/digits/digits.js";
import { first } from "../src/data/subsets.js";
import { evaluateClassifier } from "../src/evaluate/classifier/evaluate-classifier.js";
import { at } from "../src/foundation/present.js";
import { permutation, random } from "../src/foundation/random.js";
import { openModel } from "../src/model/open.js";
import { createClassifier } from "../src/model/run/classifier.js";
import { float32, floats } from "../src/onnx/tensor.js";
import { confidenceOf } from "../src/report/collect/confidence.js";
import { trainingSettings } from "../src/train/network/recipes.js";
import { trainNetwork } from "../src/train/train.js";

const draws = 10;
const dataset = drawDigits({ train: 6000, test: 2000 });
const names = dataset.classes;

/** Probabilities of all test images. */
async function probabilitiesOf(network: string, epochs: number): Promise<Float32Array> {
  const settings = trainingSettings(network, { epochs, seed: 1 });
  const { graph } = await trainNetwork(first(dataset.train, 6000), undefined, names.length, settings, { runtime });
  const classifier = createClassifier(await openModel(graph, runtime), { runtime });
  const rows: number[] = [];
  for (let from = 0; from < dataset.test.count; from += 100) {
    const pixels = dataset.test.pixels.subarray(from * 784, (from + 100) * 784);
    rows.push(
      ...floats(
        await classifier.classify(
          float32(
            [100, 1, 28, 28],
            Float32Array.from(pixels, (v) => v / 255),
          ),
        ),
      ),
    );
  }
  await classifier.close();
  return Float32Array.from(rows);
}

/** One draw: how many changed labels are named, how many others, and whether any is listed. */
function named(probabilities: Float32Array, changed: number, seed: string) {
  const labels = Array.from(dataset.test.labels);
  const source = random(seed);
  const those = new Set(Array.from(permutation(labels.length, source)).slice(0, changed));
  for (const i of those) labels[i] = (at(labels, i) + 1 + source.below(9)) % 10;
  const evaluation = evaluateClassifier({ probabilities, labels, classes: names });
  const rows = { at: (i: number) => ({ probabilities: probabilities.subarray(10 * i, 10 * i + 10) }) };
  const { doubts } = confidenceOf({ evaluation, rows, labels, modelClass: (label) => label });
  const found = doubts.flatMap((each, i) => (each === undefined ? [] : [i]));
  const right = found.filter((i) => those.has(i)).length;
  return { right, wrong: found.length - right };
}

console.log(`${draws} draws each, before the question whether small changes of the image keep the answer`);
for (const [network, epochs] of [
  ["classic", 2],
  ["classic", 6],
  ["compact", 4],
] as const) {
  const probabilities = await probabilitiesOf(network, epochs);
  const right = Array.from(dataset.test.labels).filter((label, i) => {
    const row = probabilities.subarray(10 * i, 10 * i + 10);
    return row.indexOf(Math.max(...row)) === label;
  }).length;
  console.log(`${network}, ${epochs} epochs: ${((100 * right) / dataset.test.count).toFixed(2)} % right`);
  for (const changed of [0, 1, 2, 5, 10, 20, 40]) {
    const all = Array.from({ length: draws }, (_, draw) => named(probabilities, changed, `${changed} labels ${draw}`));
    const sum = (key: "right" | "wrong") => all.reduce((total, each) => total + each[key], 0);
    const silent = all.filter((each) => each.right + each.wrong === 0).length;
    console.log(
      `  ${changed} changed: ${sum("right")} of ${changed * draws} named, ${sum("wrong")} others; nothing listed in ${silent} of ${draws} draws`,
    );
  }
}
