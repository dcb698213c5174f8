/** @file Opens a model from dropped files, and describes it to the page. */

import { boxMethods } from "../../../src/explain/boxes/box-method.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { baselinesOf, type CamMethod, isPassMethod, ownBaseline } from "../../../src/explain/method.js";
import { byFamily, familyOf } from "../../../src/explain/methods/families.js";
import { spellingsOf } from "../../../src/explain/methods/index.js";
import { drawsBaselines } from "../../../src/explain/run/sampled/baselines.js";
import { loadModel } from "../../../src/explain/web.js";
import { inputKinds, refuseSize } from "../../../src/files/input/input-kinds.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { bytesInWords } from "../../../src/foundation/words.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { inputAxes } from "../../../src/model/input/image-axes.js";
import { labelFileRank } from "../../../src/model/labels/label-files.js";
import { readLabels } from "../../../src/model/labels/read-labels.js";
import { stages } from "../../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { planeSizes } from "../../../src/model/layers/fold.js";
import type { Layer } from "../../../src/model/layers/layer.js";
import { gridOf } from "../../../src/model/layers/layout.js";
import { milestones } from "../../../src/model/layers/milestones.js";
import type { Model } from "../../../src/model/model.js";
import type { Platform } from "../../../src/model/platform.js";
import { presetOf, presetsFor } from "../../../src/model/preprocessing/presets.js";
import { assumesRecipe } from "../../../src/model/preprocessing/trial.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { joinSidecars } from "../../../src/model/settings/join-sidecars.js";
import { type FoundFile, readSettings, sidecarFiles } from "../../../src/model/settings/read-settings.js";
import type { LabelFile, Sidecar } from "../../../src/model/settings/sidecar.js";
import { networkLayers, parameterCount } from "../../../src/model/summary.js";
import { areOwnScores } from "../../../src/model/targets/target.js";
import { layoutInWords } from "../../../src/model/tasks/found-task.js";
import { textTowerNames } from "../../../src/model/texts/tower-names.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { ancestors, descendants } from "../../../src/onnx/prune.js";
import type { LayerView, MethodView, ModelFiles, ModelView, NodeView } from "./api.js";
import { askedTexts, isOfTokenizer, textsOf } from "./texts.js";

export const modelEndings = /\.(onnx|keras|h5|hdf5|json)$/i;

export interface OpenedFiles {
  readonly model: LoadedModel;
  /** Of all files. */
  readonly bytes: number;
  /** For plain inference: the untouched file, or the graph that it was turned into. */
  readonly source: Uint8Array | Graph;
  /** The texts that it compares pictures with; undefined for a model of another kind. */
  readonly texts: readonly string[] | undefined;
}

/** @throws FoveaError for files that are no model, or one that cannot be explained */
export async function openFiles(input: ModelFiles, platform: Platform): Promise<OpenedFiles> {
  const main = modelFile(input.files);
  const others = new Map<string, Uint8Array>();
  for (const file of input.files) if (file !== main) others.set(file.name, await bytesOf(file));
  const bytes = await bytesOf(main);
  const total = bytes.length + [...others.values()].reduce((sum, { length }) => sum + length, 0);
  const model = await loadModel(bytes, {
    platform,
    name: main.name,
    beside: input.beside ?? (await besideFrom(others)),
    given: await givenBy(input, others),
    external: (location) => externalFile(others, location, main.name),
    texts: askedTexts(input.texts, main.name, others),
  });
  refuseGrids(model, main.name);
  preprocessingOf(model);
  const texts = textsOf(model.graph);
  const alone = others.size === 0 && /\.onnx$/i.test(main.name) && texts === undefined;
  return { model, bytes: total, source: alone ? bytes : model.graph, texts };
}

/** Of the networks of images and of texts of one model, which come together, that of images alone. */
function imageTowerFirst(found: readonly File[]): readonly File[] {
  const names = found.map(({ name }) => name);
  const image = found.find(({ name }) => textTowerNames(name, names).some((other) => names.includes(other)));
  return found.length === 2 && image ? [image] : found;
}

/** The page draws pictures. @throws FoveaError `bad-graph` for a network of signals, volumes or clips */
function refuseGrids(model: Model, name: string): void {
  const { sizes } = inputAxes(model) ?? {};
  if (sizes === undefined || sizes.length === 2) return;
  const kind = sizes.length === 1 ? "signals" : "volumes or clips";
  const command = `fovea explain ${name} ${sizes.length === 1 ? "x.npy" : "scan.nii.gz"}`;
  throw new FoveaError(
    "bad-graph",
    `${name}: expected a network for pictures, got a network for ${kind}: the command line explains it: ${command}`,
  );
}

function modelFile(files: readonly File[]): File {
  const models = files.filter(({ name }) => modelEndings.test(name) && !isSidecar(name));
  // Of a whole repository most JSON is about other things, such as tokens.
  const certain = models.filter(({ name }) => !/\.json$/i.test(name) || /^model\.json$/i.test(name));
  // A file alone is told what it is by what opens it.
  const alone = files.length === 1 ? files : [];
  const found = [certain, models, alone].find(({ length }) => length > 0) ?? [];
  const [first, ...others] = imageTowerFirst(found);
  if (first === undefined) {
    const names = files.map(({ name }) => name).join(", ");
    throw new FoveaError(
      "bad-input",
      `${names}: expected a model file (.onnx, .keras, .h5, or a model.json with its weights)`,
    );
  }
  if (others.length > 0) {
    const names = [first, ...others].map(({ name }) => name).join(", ");
    throw new FoveaError("bad-input", `${names}: expected one model at a time, got ${others.length + 1}`);
  }
  return first;
}

function isSidecar(name: string): boolean {
  return sidecarFiles.includes(name) || labelFileRank(name) !== undefined;
}

/** @throws FoveaError `bad-file` for a file that a page cannot hold */
async function bytesOf(file: File): Promise<Uint8Array> {
  if (file.size > inputKinds.model.most) {
    const expected = `expected at most ${bytesInWords(inputKinds.model.most)} in a page`;
    throw new FoveaError("bad-file", `${file.name}: ${expected}, got ${bytesInWords(file.size)}: use the command line`);
  }
  return new Uint8Array(await file.arrayBuffer());
}

function externalFile(others: ReadonlyMap<string, Uint8Array>, location: string, name: string): Uint8Array {
  const bytes = others.get(location) ?? others.get(location.replace(/^.*\//, ""));
  if (bytes) return bytes;
  throw new FoveaError("not-found", `${name}: expected its weights in ${location}: drop both files together`);
}

/** Files with class names that were dropped with a model, whatever they are called. */
const labelEndings = /\.(txt|json|csv|tsv|ya?ml|names|pbtxt|lst|py|js)$/i;

async function besideFrom(others: ReadonlyMap<string, Uint8Array>): Promise<Sidecar | undefined> {
  const found = [...others].filter(([name]) => sidecarFiles.includes(name));
  for (const [name, { length }] of found) refuseSize(length, "settings", name);
  const settings = readSettings(
    new Map(found.map(([name, bytes]): [string, FoundFile] => [name, { text: new TextDecoder().decode(bytes) }])),
  );
  const labels = await labelsAmong(others);
  const sidecarOf = (files: readonly LabelFile[]): Sidecar[] =>
    files[0] ? [{ origin: files[0].origin, labelFiles: files }] : [];
  return joinSidecars([
    ...sidecarOf(labels.filter(({ found }) => !found)),
    ...(settings ? [settings] : []),
    ...sidecarOf(labels.filter(({ found }) => found)),
  ]);
}

/** The user's settings, and the names of classes that came later. */
async function givenBy({ given, told = [] }: ModelFiles, others: ReadonlyMap<string, Uint8Array>) {
  const labels = await labelsAmong(new Map([...others].filter(([name]) => told.includes(name))));
  const [first] = labels;
  if (first === undefined) return given;
  const origin = given?.origin ?? first.origin;
  return { ...given, origin, origins: { ...given?.origins, classes: first.origin }, labelFiles: labels };
}

/** @throws FoveaError `bad-file` for a list of labels, by its name, that cannot be read */
async function labelsAmong(files: ReadonlyMap<string, Uint8Array>): Promise<LabelFile[]> {
  const labels: LabelFile[] = [];
  for (const [name, bytes] of files) {
    if (!labelEndings.test(name) || sidecarFiles.includes(name) || isOfTokenizer(name)) continue;
    const isNamed = /labels|classes/i.test(name);
    try {
      refuseSize(bytes.length, "labels", `${name}: labels`);
      labels.push({ origin: `from ${name}`, readings: await readLabels(bytes, name), found: !isNamed });
    } catch (error) {
      // Other files may be anything.
      if (isNamed || !(error instanceof FoveaError)) throw error;
    }
  }
  return labels;
}

export function describeModel(
  model: Model,
  opened: Pick<ModelView, "id" | "name" | "bytes" | "provider" | "texts">,
): ModelView {
  const { preprocessing, origin } = preprocessingOf(model);
  const [automatic] = stages(model);
  return {
    ...opened,
    task: model.task.name,
    measures: areOwnScores(model),
    classes: model.card.classes,
    classesOrigin: model.classesOrigin,
    notes: [...taskNotes(model), ...model.notes],
    classCount: model.classCount,
    preprocessing,
    preprocessingOrigin: origin,
    assumesRecipe: assumesRecipe(model),
    ...recipesOf(model, preprocessing),
    provenance: model.card.provenance,
    parameters: parameterCount(model.graph),
    layers: milestones(model).map(layerView),
    automatic: { name: automatic?.name ?? "", reason: automatic?.reason ?? "" },
    methods: byFamily()
      .flatMap(({ methods }) => methods)
      .flatMap((method) => [
        methodView(method, undefined),
        ...(method.variants ?? []).map((variant) => methodView(variant.method, variant.says)),
      ])
      .concat(model.task.name === "detection" ? boxMethods.map((method) => methodView(method, undefined)) : []),
    drawn: preprocessing.ground === "dark" && preprocessing.channels === 1,
  };
}

/** What else than classes of whole images a model tells. */
function taskNotes({ task }: Model): string[] {
  switch (task.name) {
    case "detection":
      return [`A detector (${layoutInWords(task.layout)}): its boxes are explained.`];
    case "segmentation":
      return ["A segmentation: percentages are shares of the picture."];
    case "multi-label":
      return ["Several classes may be there at once: each has a probability of its own."];
    case "map":
      return ["The network gives a map itself. What is explained is its mean where it is high."];
    case "regression":
      return ["The network measures: numbers are no probabilities."];
    case "embedding":
      return [
        "An embedding: a vector without classes. See shows which places are alike for it, or what makes two pictures similar.",
      ];
    case "image-text":
      return task.missing.length > 0
        ? [
            "The network compares pictures with texts: drop its tokenizer.json with it. Without texts its scores say nothing.",
          ]
        : [];
    case "classification":
      return [];
  }
}

/** @param differs what a variant has otherwise */
function methodView(method: CamMethod, differs: string | undefined): MethodView {
  return {
    name: method.name,
    title: method.title,
    spellings: spellingsOf(method),
    paper: method.paper,
    at: method.at ?? "layer",
    family: familyOf(method),
    cost: isPassMethod(method) ? "many" : "build" in method ? "one" : "some",
    classBlind: method.classBlind ?? false,
    differs,
    baselines: baselinesOf(method),
    baseline: ownBaseline(method),
    drawsBaselines: drawsBaselines(method),
  };
}

/** A network that says itself that it wants a dark ground keeps it by every recipe. */
function recipesOf(model: Model, preprocessing: Preprocessing): Pick<ModelView, "recipes" | "recipe"> {
  const keepsGround = (model.card.preprocessing ?? model.beside?.preprocessing)?.ground !== undefined;
  const { ground: _, ...onAnyGround } = preprocessing;
  const recipes = presetsFor(preprocessing).filter(({ parts }) => !(keepsGround && parts.ground));
  return { recipes, recipe: presetOf(keepsGround ? onAnyGround : preprocessing)?.name };
}

export function layerView(layer: Layer): LayerView {
  const { channels, sizes } = gridOf(layer.layout, layer.dims);
  const [height, width] = planeSizes(sizes);
  const size = (dim: number | string) => (typeof dim === "number" ? dim : 0);
  return { name: layer.name, op: layer.op, channels: size(channels), height: size(height), width: size(width) };
}

/** Every layer that can be named, for the search. */
export function allLayers(model: Model): LayerView[] {
  return explainableLayers(model).map(layerView);
}

/** Nodes shown before and behind a layer. */
const reach = 4;

/** The nodes around a layer, in order of computation: those that it is made of, and those that read it. */
export function nodesAround({ graph }: Model, layer: string): NodeView[] {
  const [before, behind] = [ancestors(graph, [layer]), descendants(graph, [layer])];
  const names = networkLayers(graph);
  const near = names.filter(({ name }) => name === layer || before.has(name) || behind.has(name));
  const at = near.findIndex(({ name }) => name === layer);
  return near.slice(Math.max(0, at - reach), at + reach + 1).map(({ name, operator, shape }) => ({
    op: operator,
    name,
    shape: shape?.join("×") ?? "",
    here: name === layer,
  }));
}
