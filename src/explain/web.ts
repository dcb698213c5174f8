/** @file Models in a page or a worker: the platform, and models from files, bytes and addresses. */

import { fetchFile, shortUrl } from "../files/fetch-file.js";
import { FoveaError, naming } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { decodeImage, encodeDataUrl, encodePicture, webPlatform } from "../image/web.js";
import { givenSidecar } from "../model/given-sidecar.js";
import { openModel } from "../model/open.js";
import type { OpenModelOptions } from "../model/passes/pass.js";
import type { ImageSource, Platform, Program } from "../model/platform.js";
import type { Runtime } from "../runtime/session.js";
import { type LoadedModel, loadedModel } from "./loaded-model.js";

export interface WebPlatformOptions {
  /** See `createWebRuntime`. */
  readonly runtime: Runtime;
  /** The programs that compute, for reports: a page knows with which versions it was built. Default none. */
  readonly versions?: readonly Program[] | undefined;
}

/** Images are read and written by the browser. */
export function createWebPlatform({ runtime, versions = [] }: WebPlatformOptions): Platform {
  return {
    runtime,
    versions,
    decode,
    encode: async (picture, format) => bytesOf(await encodePicture(picture, format)),
    encodeDataUrl,
    figures: async () => webPlatform(),
    readFile: async (url) => bytesOf(await fetchFile(url)),
  };
}

async function decode(source: ImageSource) {
  if (typeof source === "string") return decodeImage(await fetchFile(source), { name: shortUrl(source) });
  return decodeImage(source instanceof Blob ? source : new Blob([new Uint8Array(source)]));
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

export interface LoadModelOptions extends OpenModelOptions {
  /** What the model runs on; or give `platform`. */
  readonly runtime?: Runtime | undefined;
  /** In the place of `runtime`: the whole platform. Default: the page's, with the runtime. */
  readonly platform?: Platform | undefined;
  /** What errors call the model; the ending helps to recognise its format. Default the file's name, its address, or `model`. */
  readonly name?: string | undefined;
  /** Class names. Default: those of `given`, of the model, or of what stands beside it. */
  readonly labels?: readonly string[] | undefined;
  /** Parts of the preprocessing that win over what is known of the model. Default: those of `given`. */
  readonly preprocessing?: Partial<Preprocessing> | undefined;
}

/**
 * Opens a classifier: ONNX, or Keras (`.keras`, `.h5`), whose readers are loaded when they are needed.
 * @param source a model file: its bytes, a `File` or other `Blob`, or an address
 * @throws FoveaError `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run; `not-found`, `network`
 *   for what is not at the address; `bad-input` without a runtime
 */
export async function loadModel(
  source: Uint8Array | Blob | URL | string,
  { runtime, platform, name = nameOf(source), labels, preprocessing, ...options }: LoadModelOptions,
): Promise<LoadedModel> {
  const machine = platform ?? (runtime && createWebPlatform({ runtime }));
  if (machine === undefined) throw new FoveaError("bad-input", `${name}: runtime: expected one, got none`);
  const bytes = await readSource(source);
  const given = givenSidecar(labels, preprocessing) ?? options.given;
  const opened = await naming(name, async () => {
    const model = (await converted(bytes, name, options)) ?? bytes;
    return openModel(model, machine.runtime, name, { ...options, given });
  });
  return loadedModel(opened, machine, name);
}

function nameOf(source: Uint8Array | Blob | URL | string): string {
  if (source instanceof File) return source.name;
  return typeof source === "string" || source instanceof URL ? shortUrl(String(source)) : "model";
}

async function readSource(source: Uint8Array | Blob | URL | string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  return bytesOf(source instanceof Blob ? source : await fetchFile(String(source)));
}

/** Nothing for what may be an ONNX file, which begins with its version's field. */
async function converted(bytes: Uint8Array, name: string, { external }: OpenModelOptions) {
  if (bytes[0] === 0x08) return undefined;
  const { graphOf } = await import("../formats/graph-of.js");
  return graphOf(bytes, name, external && ((path) => inMemory(external(path), path, name)));
}

function inMemory<Found>(found: Uint8Array | Found, path: string, name: string): Uint8Array {
  if (found instanceof Uint8Array) return found;
  throw new FoveaError("bad-input", `${name}: weights in ${path}: expected their bytes`);
}
