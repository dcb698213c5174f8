/** @file Models on Node: the platform, models from files, and those that come with the package. */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { graphAt } from "../formats/node.js";
import { naming } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { decodeImage, encodeDataUrl, encodePicture, nodePlatform } from "../image/node.js";
import { modelFileAt, readFileAt, sidecarBeside, sidecarGiven } from "../model/node.js";
import { openModel } from "../model/open.js";
import type { Platform, Program } from "../model/platform.js";
import type { Graph } from "../onnx/graph.js";
import type { ReadExternal } from "../onnx/read/external-data.js";
import type { Tensor } from "../onnx/tensor.js";
import { sharedRuntime } from "../runtime/node.js";
import type { Runtime } from "../runtime/session.js";
import { type LoadedModel, loadedModel } from "./loaded-model.js";

/** The model that is used when none is named: `compact`, trained on MNIST. */
export const embeddedModelPath = fileURLToPath(new URL("../../models/mnist.onnx", import.meta.url));

/** `compact`, trained on the drawn shapes, of which it is known where the evidence lies (`drawShapes`). */
export const shapesModelPath = fileURLToPath(new URL("../../models/shapes.onnx", import.meta.url));

export interface NodePlatformOptions {
  /** Default: one CPU runtime with all of the machine's cores, shared by all who name none. */
  readonly runtime?: Runtime | undefined;
  /** Programs beside Fovea and the runtime that reports are to name. Default none. */
  readonly versions?: readonly Program[] | undefined;
}

/** Images are read and written by sharp, which is loaded at the first of them. */
export function createNodePlatform({ runtime = sharedRuntime(), versions = [] }: NodePlatformOptions = {}): Platform {
  return {
    runtime,
    get versions() {
      const manifest: Program = createRequire(import.meta.url)("../../package.json");
      const [name = "", version = ""] = runtime.name.split(" ");
      return [{ name: "fovea", version: manifest.version }, { name, version }, ...versions];
    },
    decode: async (source) => decodeImage(source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source),
    encode: encodePicture,
    encodeDataUrl,
    figures: nodePlatform,
    readFile: readFileAt,
  };
}

export interface LoadModelOptions {
  /** What the model runs on. Default: see `createNodePlatform`. */
  readonly runtime?: Runtime | undefined;
  /** In the place of `runtime`: the whole platform. Default: Node's, with the runtime. */
  readonly platform?: Platform | undefined;
  /** Class names, or the path of a file with them: one per line, or a JSON list. Default: see `loadModel`. */
  readonly labels?: string | readonly string[] | undefined;
  /** Parts of the preprocessing that win over what is known of the model. Default none. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
  /** Values of inputs besides the image, by name. Default none. */
  readonly inputs?: Readonly<Record<string, Tensor>> | undefined;
  /** Name of the output that holds the class scores. Default: the first that is [N, classes], else the first. */
  readonly output?: string | undefined;
}

/**
 * Opens a classifier. Classes and preprocessing are taken from its metadata, else from `fovea.json`,
 * `preprocessor_config.json` or `config.json` beside it, else the usual ImageNet recipe (and names, for 1000 or 1001 classes).
 * Weights in other files are read from the model's own folder. Models of Keras (`.keras`, `.h5`) and TensorFlow.js (model.json) are
 * turned into graphs, see `graphAt`.
 * @param source path of an ONNX, Keras or TensorFlow.js file, or bytes of an ONNX or Keras file; default the embedded digit model
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run
 */
export async function loadModel(
  source: string | Uint8Array = embeddedModelPath,
  { runtime, platform = createNodePlatform({ runtime }), labels, preprocessing, inputs, output }: LoadModelOptions = {},
): Promise<LoadedModel> {
  const where = typeof source === "string" ? source : "model";
  const { model, external } = await (typeof source === "string" ? fileAt(source) : fileIn(source));
  const given = await sidecarGiven({ labels, preprocessing });
  const beside = typeof source === "string" ? await sidecarBeside(source) : undefined;
  const opening = () => openModel(model, platform.runtime, where, { beside, given, external, inputs, output });
  return loadedModel(await naming(where, opening), platform, where);
}

/** A model that can be opened, and what finds its weights in other files. */
interface ModelSource {
  readonly model: Graph | Uint8Array;
  readonly external?: ReadExternal;
}

async function fileAt(path: string): Promise<ModelSource> {
  const converted = await graphAt(path);
  if (converted) return { model: converted };
  const { bytes, external } = modelFileAt(path);
  return { model: bytes, external };
}

async function fileIn(bytes: Uint8Array): Promise<ModelSource> {
  const { graphOf } = await import("../formats/graph-of.js");
  return { model: (await graphOf(bytes)) ?? bytes };
}
