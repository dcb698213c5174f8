/** @file Models on Node: those from files, and those that come with the package. */

import { fileURLToPath } from "node:url";
import { graphAt, graphOf } from "../formats/node.js";
import { FoveaError, naming, shortened } from "../foundation/error.js";
import { isHubName } from "../hub/name.js";
import { refuseOtherThanLabels } from "../model/labels/refuse-other-files.js";
import { modelFileAt, sidecarBeside, sidecarGiven } from "../model/node.js";
import { openModel } from "../model/open.js";
import { createNodePlatform } from "../model/platform/node.js";
import type { Sidecar } from "../model/settings/sidecar.js";
import type { Graph } from "../onnx/graph.js";
import type { ReadExternal } from "../onnx/read/external-data.js";
import {
  bytesOf,
  checkArguments,
  type LoadedModel,
  type LoadModelOptions,
  loadedModel,
  type ModelSource,
  nameOfFile,
} from "./loaded-model.js";

/** The model that is used when none is named: `compact`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../../models/mnist.onnx", import.meta.url));

/** `compact`, trained on the drawn shapes, of which it is known where the evidence lies (`drawShapes`). */
export const shapesModelPath = fileURLToPath(new URL("../../models/shapes.onnx", import.meta.url));

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
  options: LoadModelOptions = {},
): Promise<LoadedModel> {
  checkArguments(source, options);
  const { runtime, platform = createNodePlatform({ runtime }), name, labels, preprocessing, ...others } = options;
  if (typeof labels === "string") await refuseOtherThanLabels(labels);
  const place = placeOf(source);
  const where = name ?? (typeof place === "string" ? place : nameOfFile(place));
  const settings = (await sidecarGiven({ labels, preprocessing })) ?? others.given;
  const { model, external, beside } = await (typeof place === "string"
    ? fileAt(await pathOf(place))
    : fileIn(place, where));
  const opening = () => openModel(model, platform.runtime, where, { external, beside, ...others, given: settings });
  return loadedModel(await naming(where, opening), platform, where);
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
