/** @file Fovea's side of the comparison: a job in a process of its own, asked by lines of JSON as `python/worker.py` is. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readNpy, writeNpy } from "../../src/data/npy.js";
import { areaUnder, perturbationCurve, pixelOrder } from "../../src/evaluate/trial/perturbation-curve.js";
import { createPerturbedModel } from "../../src/evaluate/trial/perturbed-model.js";
import type { PerturbedModel } from "../../src/evaluate/trial/trial.js";
import type { Explanation } from "../../src/explain/explanation.js";
import type { ImageExplainer, LoadedModel } from "../../src/explain/loaded-model.js";
import { displayMapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { present } from "../../src/foundation/present.js";
import { float32, floats, type Tensor } from "../../src/onnx/tensor.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import type { Prepare, Run } from "./worker-client.js";

const threads = 2;
const side = 224;
/** Of activations that are the same layer's, relative to the largest. */
const sameLayer = 1e-3;

interface About {
  readonly file: string;
  readonly label: number;
}

/** Explains images, and gives what is compared: a function, since the copies that are compared are not part of the job. */
type Job = (images: Tensor) => Promise<() => Record<string, Tensor>>;

interface Prepared {
  readonly images: Tensor;
  readonly job: Job;
}

async function prepare({ folder, method, settings }: Prepare): Promise<Prepared> {
  const about: About = JSON.parse(readFileSync(join(folder, "about.json"), "utf8"));
  const array = (name: string) => readNpy(readFileSync(join(folder, name)), name);
  const runtime = createNodeRuntime({ threads });
  const model = await loadModel(join(folder, about.file), { runtime });
  const images = array("images.npy");
  const { label } = about;
  if (method === "integrated-gradients" || method === "rise") {
    const samples = method === "rise" ? settings.masks : settings.steps;
    return { images, job: explaining(await model.explainer({ method, samples }), label) };
  }
  const isMetric = !method.endsWith("-cam");
  await checkLayer(model, firstImages(images, 1), array("activation.npy"));
  const explainer = await model.explainer({ method: isMetric ? "grad-cam" : method });
  if (!isMetric) return { images, job: explaining(explainer, label) };
  const subject = { network: createPerturbedModel(model, { runtime }), explainer, label };
  return { images, job: measuring(subject, method, present(settings.curve, "curve")) };
}

/** The layer that Fovea takes by itself is the one that the tools were told to take. */
async function checkLayer(model: LoadedModel, image: Tensor, expected: Tensor): Promise<void> {
  const explainer = await model.explainer({ include: ["activation"] });
  const { activation } = await explainer.explain(image);
  await explainer.close();
  const [ours, theirs] = [floats(present(activation, "activation")), floats(expected)];
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isSame =
    ours.length === theirs.length && ours.every((v, i) => Math.abs(v - (theirs[i] ?? 0)) <= sameLayer * largest);
  if (!isSame) throw new Error(`the layer ${explainer.layer.name} is not the one that the other tools explain`);
}

function explaining(explainer: ImageExplainer, label: number): Job {
  return async (images) => {
    const explanation = await explainer.explain(images, { classes: [label] });
    return (): Record<string, Tensor> => {
      const { dims } = explanation.evidence;
      const isOfPixels = dims.at(-1) === side;
      // Attributions have a sign, and so are compared; maps of a layer are compared as they are drawn.
      const maps = isOfPixels ? explanation.evidence : explanation.maps;
      const own = float32([dims[0] ?? 1, ...dims.slice(2)], floats(maps).slice());
      return isOfPixels ? { own } : { own, picture: picturesOf(explanation) };
    };
  };
}

/** Maps at the image's size, [N, H, W]. */
function picturesOf(explanation: Explanation): Tensor {
  const count = explanation.predicted.length;
  const maps = Array.from({ length: count }, (_, i) => displayMapOf(explanation, i, 0, { width: side, height: side }));
  const values = new Float32Array(count * side * side);
  maps.forEach((map, i) => values.set(map.values, i * side * side));
  return float32([count, side, side], values);
}

interface Subject {
  readonly network: PerturbedModel;
  readonly explainer: ImageExplainer;
  readonly label: number;
}

/** Areas under curves to or from zeros, [1] or [2]; the map is made once, where it is not part of the job. */
function measuring({ network, explainer, label }: Subject, method: string, steps: number): Job {
  const explain = async (images: Tensor) => {
    const explanation = await explainer.explain(images, { classes: [label] });
    return displayMapOf(explanation, 0, 0, { width: side, height: side });
  };
  let made: ReturnType<typeof explain> | undefined;
  const area = async (image: Tensor, order: Uint32Array, keep: 0 | 1) => {
    const curve = await perturbationCurve({ network, image, target: label }, order, {
      keep,
      replacement: "zero",
      steps,
    });
    return areaUnder(curve);
  };
  return async (images) => {
    const isWhole = method === "deletion-insertion";
    if (isWhole || made === undefined) made = explain(images);
    const order = pixelOrder(await made, 1);
    const areas = isWhole
      ? [await area(images, order, 0), await area(images, order, 1)]
      : [await area(images, order, method === "deletion" ? 0 : 1)];
    return () => ({ own: float32([areas.length], Float32Array.from(areas)) });
  };
}

function firstImages(images: Tensor, count: number): Tensor {
  const size = images.size / (images.dims[0] ?? 1);
  return float32([count, ...images.dims.slice(1)], floats(images).slice(0, count * size));
}

async function run({ images, job }: Prepared, { batch, runs, lead, save }: Run): Promise<number> {
  const some = firstImages(images, batch);
  for (let i = 0; i < lead; i++) await job(some);
  const began = performance.now();
  let numbers = await job(some);
  for (let i = 1; i < runs; i++) numbers = await job(some);
  const elapsed = performance.now() - began;
  if (save)
    for (const [name, tensor] of Object.entries(numbers())) writeFileSync(`${save}.${name}.npy`, writeNpy(tensor));
  return elapsed / runs;
}

let prepared: Prepared | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { do: what, ...request } = JSON.parse(line);
    if (what === "prepare") prepared = await prepare(request);
    const answer = what === "prepare" ? { versions: {} } : { ms: await run(present(prepared, "prepared"), request) };
    console.log(JSON.stringify(answer));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.log(JSON.stringify({ error: message.split("\n")[0]?.slice(0, 300) }));
  }
}
