/** @file Models in a page or a worker: the platform, and models from files, bytes and addresses. */

import { fetchFile, shortUrl } from "../files/fetch-file.js";
import { FoveaError, naming } from "../foundation/error.js";
import type { EmbeddedFont } from "../image/figure/embedded-font.js";
import { decodeImage, encodeDataUrl, encodePicture, webPlatform } from "../image/web.js";
import { givenSidecar } from "../model/given-sidecar.js";
import { openModel } from "../model/open.js";
import type { OpenModelOptions } from "../model/passes/pass.js";
import type { Platform, Program } from "../model/platform.js";
import type { Runtime } from "../runtime/session.js";
import { sharedRuntime } from "../runtime/web.js";
import { checkArguments, type LoadedModel, type LoadModelOptions, loadedModel } from "./loaded-model.js";
import { bytesOf, type ModelSource, nameOfFile } from "./loading/model-source.js";

export interface WebPlatformOptions {
  /** See `createWebRuntime`. */
  readonly runtime: Runtime;
  /** The programs that compute, for reports: a page knows with which versions it was built. Default none. */
  readonly versions?: readonly Program[] | undefined;
  /** Gives the fonts that figures and reports carry with them, when they are first needed. Default none. */
  readonly fonts?: () => Promise<readonly EmbeddedFont[]>;
}

/** The platform of a page or worker: images are read and written by the browser. */
export function createWebPlatform({ runtime, versions = [], fonts }: WebPlatformOptions): Platform {
  return {
    ...(fonts ? { fonts } : {}),
    runtime,
    versions,
    decode: decodeImage,
    encode: encodePicture,
    encodeDataUrl,
    figures: async () => webPlatform(await fonts?.()),
    readFile: async (url) => bytesOf(await fetchFile(url)),
  };
}

/**
 * Opens a classifier: ONNX, or Keras (`.keras`, `.h5`), whose readers are loaded when they are needed.
 * @param source an ONNX or Keras file
 * @throws FoveaError `bad-file`, `bad-graph`, `unsupported-operator` for Keras layers that only Python can run; `not-found`, `network`
 *   for what is not at the address; `bad-input` for any other source
 */
export async function loadModel(source: ModelSource, options: LoadModelOptions = {}): Promise<LoadedModel> {
  checkArguments(source, options);
  const { runtime, platform, name, labels, preprocessing, texts, ...others } = options;
  const machine = platform ?? createWebPlatform({ runtime: runtime ?? (await sharedRuntime()) });
  const atUrl = typeof source === "string" || source instanceof URL;
  const where = name ?? (atUrl ? shortUrl(String(source)) : nameOfFile(source));
  const bytes = await bytesOf(atUrl ? await fetchFile(String(source)) : source);
  const classes = typeof labels === "string" ? await labelsAt(labels, machine) : labels;
  const settings = givenSidecar(classes, preprocessing) ?? others.given;
  const opened = await naming(where, async () => {
    const model = (await converted(bytes, where, others)) ?? bytes;
    const asked = texts && (await askedTexts(texts, atUrl ? String(source) : undefined, machine));
    return openModel(model, machine.runtime, where, { ...others, given: settings, texts: asked });
  });
  return loadedModel(opened, machine, where);
}

async function askedTexts(texts: LoadModelOptions["texts"], url: string | undefined, platform: Platform) {
  const { textQuestion } = await import("./loading/text-question.js");
  const { textsAround } = await import("./loading/web-texts.js");
  return textQuestion(texts, textsAround(url, platform));
}

async function labelsAt(path: string, { readFile }: Platform) {
  const { readLabels } = await import("../model/labels/read-labels.js");
  return readLabels(await readFile(path), path);
}

/** Nothing for a possible ONNX file, which begins with its version's field. */
async function converted(bytes: Uint8Array, name: string, { external }: OpenModelOptions) {
  if (bytes[0] === 0x08) return undefined;
  const { graphOf } = await import("../formats/graph-of.js");
  return graphOf(bytes, name, external && ((path) => inMemory(external(path), path, name)));
}

function inMemory<Found>(source: Uint8Array | Found, path: string, name: string): Uint8Array {
  if (source instanceof Uint8Array) return source;
  throw new FoveaError("bad-input", `${name}: weights in ${path}: expected their bytes`);
}
