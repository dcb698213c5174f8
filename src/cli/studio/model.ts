/** @file The model that the studio opens: an ONNX file as it is, or what a Keras or TensorFlow.js model was turned into. */

import { parse, resolve } from "node:path";
import type { Sidecar } from "../../explain/index.js";
import { modelFileAt, sidecarBeside } from "../../explain/node.js";
import { graphAt } from "../../formats/node.js";
import { ownFile, readModel, writeModel } from "../../onnx/index.js";
import type { Content, Resource } from "./content.js";
import type { GivenModel } from "./given.js";

const type = "application/octet-stream";

/**
 * Adds a model and its files to what is served.
 * @param given what the user says of it
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`, `unsupported-operator`
 */
export async function serveModel(
  path: string,
  given: Sidecar | undefined,
  resources: Map<string, Resource>,
): Promise<GivenModel> {
  const { model, weights } = await onnxAt(path);
  const beside = await sidecarBeside(path);
  const url = "/given/model";
  resources.set(url, () => model);
  const external = [...weights].map(([location, source], i) => {
    resources.set(`${url}/${i}`, () => ({ type, source }));
    return [location, `${url}/${i}`];
  });
  return {
    name: `${parse(path).name}.onnx`,
    url,
    external: Object.fromEntries(external),
    ...(beside ? { beside } : {}),
    ...(given ? { given } : {}),
  };
}

/** A model as ONNX, and the files that it keeps weights in by the locations that it names. */
async function onnxAt(path: string): Promise<{ model: Content; weights: ReadonlyMap<string, string> }> {
  const weights = new Map<string, string>();
  const converted = await graphAt(path);
  if (converted) return { model: { type, source: writeModel(converted) }, weights };
  const { bytes, external } = modelFileAt(path);
  readModel(bytes, path, (location) => {
    const file = external(location);
    if (location !== ownFile && "path" in file) weights.set(location, file.path);
    return file;
  });
  return { model: { type, source: resolve(path) }, weights };
}
