/** @file Explains images by a method of many forward passes: plans them, runs them, and makes the map from their measures. */

import { present } from "../../../foundation/present.js";
import { placeAxes } from "../../../model/layers/fold.js";
import type { Layer } from "../../../model/layers/layer.js";
import { gridOf } from "../../../model/layers/layout.js";
import type { Model } from "../../../model/model.js";
import { fixedBatch, joined, putTogether, rowsOf, singleImages } from "../../../model/run/batches.js";
import { checkFinite } from "../../../model/run/classifier.js";
import { Sessions } from "../../../model/run/sessions.js";
import { ownFeeds, ownTensors, presentTensors, type Tensors, tensorNamed } from "../../../model/run/tensors.js";
import { float32, floats, int64, numbers, sizeOf, type Tensor } from "../../../onnx/tensor.js";
import type { PassMethod, PassPlan } from "../../method.js";
import type { ExplainerOptions, RunOptions } from "../../options.js";
import { type Answers, type ClassResult, type MapTensors, readAnswers, readMap } from "../map-tensors.js";
import type { Runner } from "../runner.js";
import { chosenBaseline } from "../sampled/baselines.js";
import { type ChosenChannels, chooseChannels } from "./choose-channels.js";
import { type HiddenFor, hidingMaker } from "./hiding.js";
import { MaskedRuns, type PassStart, planRows, type RunGraph, repeatTensor } from "./masked-runs.js";
import { type PassGraphs, passGraphs } from "./pass-graphs.js";
import { segmentsOf } from "./segments.js";

export function passRunner(model: Model, layer: Layer, method: PassMethod, options: ExplainerOptions): Runner {
  const { runtime, against = false, include = [], eigenSmooth = false } = options;
  const samples = options.samples ?? method.samples ?? 1;
  const graphs = passGraphs(model, layer, method, { against, include, eigenSmooth, samples });
  const sessions = new Sessions(runtime);
  // The whole sees one image; all others see a batch of passes, or are cheap.
  const run: RunGraph = (graph, feeds) => sessions.run(graph, feeds, graph === graphs.whole ? 1 : 2);
  const masked = new MaskedRuns(model, graphs.tail, run);
  const hiddenFor = hidingMaker(model, graphs.masked, sessions, chosenBaseline(method, model, options.baseline));
  const passes: Passes = { model, layer, method, options, samples, graphs, run, masked, hiddenFor };
  return {
    graphs,
    async run(images, classes, watched) {
      checkFinite(images);
      const all = singleImages(images);
      const parts: ClassResult[][] = [];
      for (const [i, image] of all.entries()) {
        const progress = (done: number, total: number) => watched.progress?.(i * total + done, all.length * total);
        const indices = classes.map((row) => row[i] ?? -1);
        parts.push(await explainImage(passes, image, indices, { ...watched, progress }));
      }
      return putTogether(parts);
    },
    close: () => sessions.close(),
  };
}

interface Passes {
  readonly model: Model;
  readonly layer: Layer;
  readonly method: PassMethod;
  readonly options: ExplainerOptions;
  readonly samples: number;
  readonly graphs: PassGraphs;
  readonly run: RunGraph;
  readonly masked: MaskedRuns;
  readonly hiddenFor: HiddenFor;
}

/** A result for each class of one image. @param indices of the classes, -1 for the predicted one */
async function explainImage(
  passes: Passes,
  image: Tensor,
  indices: readonly number[],
  watched: RunOptions,
): Promise<ClassResult[]> {
  const { model, method, graphs, options } = passes;
  watched.signal?.throwIfAborted();
  const feeds = { [model.input.name]: repeatTensor(image, 0, fixedBatch(model) ?? 1) };
  const outputs = await passes.run(graphs.whole, feeds);
  const { energy, planes, places, ...answers } = readImage(outputs);
  const [top = -1] = numbers(answers.predicted);
  const classes = indices.map((index) => (index < 0 ? top : index));
  const selection = method.at === "image" ? undefined : chooseChannels(floats(energy), options.topChannels);
  const { start, plan, sizes } = await planPasses(passes, image, outputs, classes, selection);
  const maps = await combineMaps(passes, start, plan, [classes.length, 1, ...sizes], watched);
  const once = {
    ...answers,
    activation: options.include?.includes("activation") ? unfolded(planes, passes.layer, places) : undefined,
    neglected: options.topChannels === undefined ? undefined : float32([1], [selection?.neglected ?? 0]),
  };
  return classes.map((index, k) => ({ ...rowOfMap(maps, k), ...once, explained: int64([index]) }));
}

interface ImageResults extends Answers {
  readonly energy: Tensor;
  readonly planes: Tensor;
  /** Sizes of the layer's places, of a layer with three axes of them. */
  readonly places: Tensor | undefined;
}

/** The results of the whole for the first image: the others of a network for so many are copies. */
function readImage(outputs: Tensors): ImageResults {
  const { scores, probabilities, predicted } = readAnswers(outputs);
  const { energy, planes } = ownTensors(outputs, ["energy", "planes"]);
  const first = (tensor: Tensor) => rowsOf(tensor, 0, 1);
  return {
    scores: first(scores),
    probabilities: first(probabilities),
    predicted: first(predicted),
    energy: first(energy),
    planes: first(planes),
    ...presentTensors(outputs, ["places"]),
  };
}

/** Planes with the axes of the layer's places. */
function unfolded(planes: Tensor, { layout }: Layer, places: Tensor | undefined): Tensor {
  const [count = 1, channels = 0, ...sizes] = planes.dims;
  const all = places ? numbers(places) : sizes.slice(-placeAxes(layout));
  return planes.reshape([count, channels, ...all]);
}

async function planPasses(
  { model, layer, method, options, samples, graphs, hiddenFor }: Passes,
  image: Tensor,
  outputs: Tensors,
  classes: readonly number[],
  selection: ChosenChannels | undefined,
): Promise<{ start: PassStart; plan: PassPlan; sizes: readonly number[] }> {
  const { channels = [] } = selection ?? {};
  const one = method.masks === "image" ? image : rowsOf(tensorNamed(outputs, layer.name), 0, 1);
  const sizes = gridOf(graphs.masked.layout, one.dims).sizes.map(Number);
  const { planes, places, ...answers } = readImage(outputs);
  const { seed = 1, superpixels: asked = method.superpixels ?? 1 } = options;
  const segments = method.superpixels && segmentsOf(model, { image, planes, sizes }, asked);
  const superpixels = () => present(segments || undefined, "superpixels");
  const plan = method.plan({ channels, sizes, samples, seed, superpixels });
  const scores = floats(answers[graphs.measures]);
  const base = Float32Array.from(classes, (index) => scores[index] ?? Number.NaN);
  const feeds = ownFeeds({
    ...plan.shared,
    ...(method.hidden === undefined ? {} : { hidden: await hiddenFor(image, superpixels()) }),
    activation: planes,
    size: int64(sizes),
    ...(places ? { "places-of-layer": places } : {}),
    class: int64(classes),
    channels: int64(channels),
    base: float32([1, classes.length], base),
  });
  const around = Object.fromEntries(graphs.around.map((name) => [name, tensorNamed(outputs, name)]));
  return { start: { image, one, around, feeds }, plan, sizes };
}

/**
 * Evidence, map and weights of all classes, a row for each.
 * @param sizes of the evidence, where it is a sum over passes
 */
async function combineMaps(
  { method, graphs, run, masked }: Passes,
  start: PassStart,
  plan: PassPlan,
  sizes: readonly number[],
  { progress, signal }: RunOptions,
): Promise<MapTensors> {
  const combine = async (first: number, count: number, values: Tensor, before: Tensor) => {
    const passes = Array.from({ length: count }, (_, i) => first + i);
    const feeds = { ...start.feeds, ...planRows(plan, passes), ...ownFeeds({ values, before }) };
    return readMap(await run(graphs.combine, feeds));
  };
  let before = float32(sizes, new Float32Array(sizeOf(sizes)));
  const measures: Tensor[] = [];
  let map: MapTensors | undefined;
  for await (const { first, count, values } of masked.of(start, plan)) {
    measures.push(values);
    if (method.additive) {
      map = await combine(first, count, values, before);
      before = map.evidence;
    }
    progress?.(first + count, plan.count);
    signal?.throwIfAborted();
  }
  return map ?? combine(0, plan.count, joined(measures), before);
}

/** The map of the k-th class. */
function rowOfMap({ evidence, map, weights, attribution }: MapTensors, k: number): MapTensors {
  const row = (tensor: Tensor | undefined) => tensor && rowsOf(tensor, k, 1);
  return {
    evidence: rowsOf(evidence, k, 1),
    map: rowsOf(map, k, 1),
    weights: row(weights),
    attribution: row(attribution),
    activation: undefined,
    gradient: undefined,
    exact: undefined,
    magnitude: undefined,
    attributed: undefined,
    total: undefined,
    neglected: undefined,
  };
}
