/** @file Models on Node: those from files, and those that come with the package. */

import { fileURLToPath } from "node:url";
import { graphAt, graphOf } from "../formats/node.js";
import { FoveaError, naming, shortened } from "../foundation/error.js";
import { isHubName } from "../hub/name.js";
import { refuseOtherThanLabels } from "../model/labels/refuse-other-files.js";
import { modelFileAt, sidecarBeside, sidecarGiven } from "../model/node.js";
import { openModel } from "../model/open.js";
import { createNodePlatform } from "../model/platform/node.js";
import type { Platform } from "../model/platform.js";
import type { Sidecar } from "../model/settings/sidecar.js";
import type { Graph } from "../onnx/graph.js";
import type { ReadExternal } from "../onnx/read/external-data.js";
import { readModel } from "../onnx/read/read.js";
import type { NodeDevice } from "../runtime/devices/device.js";
import type { Runtime } from "../runtime/session.js";
import { checkArguments, type LoadedModel, type LoadModelOptions, loadedModel } from "./loaded-model.js";
import { bytesOf, type ModelSource, nameOfFile } from "./loading/model-source.js";
import { type FoundBeside, textQuestion } from "./loading/text-question.js";

/** The model that is used when none is named: `compact`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../../models/mnist.onnx", import.meta.url));

/** `compact`, trained on the drawn shapes, of which it is known where the evidence lies (`drawShapes`). */
export const shapesModelPath = fileURLToPath(new URL("../../models/shapes.onnx", import.meta.url));

/** The options of `loadModel` on Node. */
export interface NodeLoadModelOptions extends LoadModelOptions {
  /** The device that computes in the place of the default's processor; see `createNodeRuntime`. */
  readonly device?: NodeDevice | undefined;
}

/**
 * Opens a classifier: a file, or a model of the Hugging Face hub by its name, `hf:owner/name`, which is downloaded once into the cache
 * that all programs share (`HF_HOME`, `HF_TOKEN`, `HF_ENDPOINT` and `HF_HUB_OFFLINE` count). Classes and preprocessing are taken from its metadata, else from `fovea.json`,
 * `preprocessor_config.json`, `config.json` or a file of labels beside it, else the usual ImageNet recipe (and names, for 1000 or 1001 classes).
 * Weights in other files are read from the model's own folder. Models of Keras (`.keras`, `.h5`) and TensorFlow.js (model.json) are
 * turned into graphs.
 * @param source an ONNX, Keras or TensorFlow.js file; default the embedded digit model
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run; `network`
 *   and `checksum` of the hub; `bad-input` for any other source
 */
export async function loadModel(
  source: ModelSource = embeddedModelPath,
  options: NodeLoadModelOptions = {},
): Promise<LoadedModel> {
  checkArguments(source, options);
  const {
    runtime,
    device,
    platform = createNodePlatform({ runtime, device }),
    name,
    labels,
    preprocessing,
    texts,
    ...others
  } = options;
  if (typeof labels === "string") await refuseOtherThanLabels(labels);
  const place = placeOf(source);
  const where = name ?? (typeof place === "string" ? place : nameOfFile(place));
  const settings = (await sidecarGiven({ labels, preprocessing })) ?? others.given;
  const found = typeof place === "string" ? await pathOf(place) : place;
  const { model, external, beside } = await (typeof found === "string" ? fileAt(found) : fileIn(found, where));
  const asked = texts && textQuestion(texts, await textsBeside(found, platform));
  const settled = { external, beside, ...others, given: settings, texts: asked };
  const opening = () => openModel(model, onProcessor(platform.runtime), where, settled);
  return loadedModel(await naming(where, opening), platform, where);
}

/** Opening computes small things once, which a card takes longer for than the processor. */
function onProcessor(runtime: Runtime): Runtime {
  return { name: runtime.name, open: (model, how) => runtime.open(model, { ...how, processor: true }) };
}

/** The files of texts beside a model. */
async function textsBeside(place: string | Uint8Array | Blob, platform: Platform): Promise<FoundBeside> {
  const { textModelBeside, tokenizerBeside } = await import("../model/texts/node.js");
  const textModel = typeof place === "string" ? textModelBeside(place) : undefined;
  return {
    platform,
    textModel: async () => textModel,
    async tokenizer(given) {
      const other = given === undefined ? textModel : placeOf(given);
      const owners = [place, other].filter((each) => typeof each === "string");
      if (owners.length > 0) return tokenizerBeside(owners);
      throw new FoveaError("not-found", "texts: expected a tokenizer, its path or its JSON, got none");
    },
    async readGraph(source) {
      const at = placeOf(source);
      const where = typeof at === "string" ? at : nameOfFile(at);
      const { model, external } = await (typeof at === "string" ? fileAt(at) : fileIn(at, where));
      return model instanceof Uint8Array ? readModel(model, where, external) : model;
    },
  };
}

/** A path, or a file in memory. */
function placeOf(source: ModelSource): string | Uint8Array | Blob {
  if (!(source instanceof URL)) return source;
  if (source.protocol === "file:") return fileURLToPath(source);
  throw new FoveaError("bad-input", `model: expected a path or a file: URL, got ${shortened(source.href)}`);
}

/** The file on this machine; of a model on the hub after it was downloaded. */
async function pathOf(place: string): Promise<string> {
  if (!isHubName(place)) return place;
  const { modelFromHub } = await import("../hub/model-from-hub.js");
  return modelFromHub(place);
}

/** A model that can be opened, a reader of its weights in other files, and the settings beside it. */
interface ModelFile {
  readonly model: Graph | Uint8Array;
  readonly external?: ReadExternal;
  readonly beside?: Sidecar | undefined;
}

async function fileAt(path: string): Promise<ModelFile> {
  const converted = await graphAt(path);
  if (converted) return { model: converted, beside: await sidecarBeside(path) };
  const { bytes, external } = modelFileAt(path);
  return { model: bytes, external, beside: await sidecarBeside(path) };
}

async function fileIn(file: Uint8Array | Blob, where: string): Promise<ModelFile> {
  const bytes = await bytesOf(file);
  return { model: (await graphOf(bytes, where)) ?? bytes };
}
