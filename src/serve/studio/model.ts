/** @file Serves the model that the studio opens: an ONNX file as it is; any other model, or one of several outputs, as ONNX. */

import { parse, resolve } from "node:path";
import type { LoadModelOptions } from "../../explain/loaded-model.js";
import { graphAt } from "../../formats/node.js";
import { unknownName } from "../../foundation/error.js";
import { withInputs } from "../../model/input/given-inputs.js";
import { modelFileAt, sidecarBeside, sidecarGiven } from "../../model/node.js";
import { textFilesBeside } from "../../model/texts/node.js";
import { promptsOf } from "../../model/texts/text-options.js";
import { tokenizerFile } from "../../model/texts/tokenizer.js";
import { textModelFile } from "../../model/texts/tower-names.js";
import type { Graph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { ownFile } from "../../onnx/read/external-data.js";
import { readModel } from "../../onnx/read/read.js";
import { toFloat32 } from "../../onnx/rewrite/precision.js";
import { writeModel } from "../../onnx/write.js";
import type { Content, Resource } from "./content.js";
import type { GivenModel } from "./given.js";

const type = "application/octet-stream";

/**
 * Adds a model and its files to the served files.
 * @throws FoveaError `not-found`, `bad-file`, `bad-graph`, `shape-mismatch`, `unknown-name`, `unsupported-operator`
 */
export async function serveModel(
  path: string,
  options: LoadModelOptions,
  resources: Map<string, Resource>,
): Promise<GivenModel> {
  const { model, weights } = await onnxAt(path, options);
  const beside = await sidecarBeside(path);
  const settings = await sidecarGiven(options);
  const url = "/given/model";
  resources.set(url, () => model);
  const texts = options.texts === undefined ? undefined : textsOf(options.texts, path);
  const external = [...weights, ...(texts?.files ?? [])].map(([location, source], i) => {
    resources.set(`${url}/${i}`, () => ({ type, source }));
    return [location, `${url}/${i}`];
  });
  return {
    name: `${options.name ?? parse(path).name}.onnx`,
    url,
    external: Object.fromEntries(external),
    ...(texts ? { texts: texts.texts } : {}),
    ...(beside ? { beside } : {}),
    ...(settings ? { given: settings } : {}),
  };
}

/** The texts of the options in their template, and the files that make numbers of them. */
function textsOf(asked: NonNullable<LoadModelOptions["texts"]>, path: string) {
  const { tokenizer, textModel, ...options } = "texts" in asked ? asked : { texts: asked };
  const files = textFilesBeside(path);
  if (typeof tokenizer === "string") files.set(tokenizerFile, tokenizer);
  if (typeof textModel === "string") files.set(textModelFile, textModel);
  const texts = promptsOf(options).map(({ prompt }) => prompt);
  return { texts, files: [...files].map(([name, file]) => [name, resolve(file)] as const) };
}

/** A model as ONNX, and the files that it keeps weights in by the locations that it names. */
async function onnxAt(
  path: string,
  options: LoadModelOptions,
): Promise<{ model: Content; weights: ReadonlyMap<string, string> }> {
  const weights = new Map<string, string>();
  const converted = await graphAt(path);
  const source = converted ?? readOnnx(path, weights);
  const configured = withOptions(source, options, path);
  if (!converted && configured === source) return { model: { type, source: resolve(path) }, weights };
  return { model: { type, source: writeModel(configured) }, weights: new Map() };
}

function readOnnx(path: string, weights: Map<string, string>): Graph {
  const { bytes, external } = modelFileAt(path);
  return readModel(bytes, path, (location) => {
    const file = external(location);
    if (location !== ownFile && "path" in file) weights.set(location, file.path);
    return file;
  });
}

/** The graph with given inputs as constants and the named output alone: of several the page takes the first, and no arrays. */
function withOptions(read: Graph, { inputs = {}, output }: LoadModelOptions, where: string): Graph {
  if (Object.keys(inputs).length === 0 && output === undefined) return read;
  const graph = withInputs(toFloat32(read).graph, inputs, where);
  const names = graph.outputs.map(({ name }) => name);
  if (output !== undefined && !names.includes(output)) throw unknownName("output", output, names, where);
  return output === undefined ? graph : prune(graph, [output]);
}
