/** @file Which file of a repository is the model, by the names that exporters and transformers.js use. */

import { FoveaError } from "../foundation/error.js";
import { partsOf, textTowerAmong } from "./files-beside.js";
import { type HubName, withFile } from "./name.js";
import { someOf } from "./refusals.js";

/** The files that are taken where none is named, the best first. */
const usual = [
  "onnx/model.onnx",
  "model.onnx",
  // Of two towers that of images; the other one comes along.
  "onnx/vision_model.onnx",
  "vision_model.onnx",
];

const onnx = /\.onnx$/i;
/** Keras and TensorFlow.js; files of weights alone are no models. */
const converted = /\.keras$|\.(h5|hdf5)$|(^|\/)model\.json$/i;
const weightsAlone = /(^|\/)tf_model\.h5$|\.weights\.(h5|hdf5)$/i;
const pytorch = /\.(safetensors|pt|pth|pt2|ckpt)$|(^|\/)pytorch_model[^/]*\.bin$/i;
/** What other programs keep models in. */
const foreign = /\.(gguf|tflite|pb|mlmodel|mlpackage|msgpack|ot|engine|xml)$/i;

const isModel = (file: string) => onnx.test(file) || (converted.test(file) && !weightsAlone.test(file));

/** Files of a repository that can be opened: ONNX, else Keras and TensorFlow.js. */
export function modelsAmong(files: readonly string[]): string[] {
  const models = files.filter(isModel);
  const graphs = models.filter((file) => onnx.test(file));
  return graphs.length > 0 ? graphs : models;
}

/**
 * The model's file.
 * @param files all of the repository
 * @throws FoveaError `not-found` without a model, or for a file that is not there; `bad-input` where there are several, with how to
 *   name one; `unsupported-operator` for files of other programs, with how to export them
 */
export function chooseModel(files: readonly string[], name: HubName): string {
  if (name.file !== undefined) return namedFile(files, name, name.file);
  const models = modelsAmong(files);
  const chosen = usual.find((file) => models.includes(file)) ?? onlyOne(models);
  if (chosen !== undefined) return chosen;
  if (models.length === 0) throw noModel(files, name);
  const advice = `name one: ${withFile(name, models[0] ?? "")}`;
  const got = `got ${models.length}: ${someOf(models)}`;
  throw new FoveaError("bad-input", `${name.text}: expected one model in the repository, ${got}; ${advice}`);
}

/** The only model, or that of images of the only two. */
function onlyOne(models: readonly string[]): string | undefined {
  const neighboursOf = (model: string) => models.filter((each) => partsOf(each).folder === partsOf(model).folder);
  const texts = models.flatMap((model) => {
    const { folder, base } = partsOf(model);
    const text = textTowerAmong(
      base,
      neighboursOf(model).map((each) => partsOf(each).base),
    );
    return text === undefined ? [] : [folder === "" ? text : `${folder}/${text}`];
  });
  const [first, ...others] = models.filter((model) => !texts.includes(model));
  return others.length === 0 ? first : undefined;
}

function namedFile(files: readonly string[], name: HubName, file: string): string {
  if (!files.includes(file)) {
    const models = modelsAmong(files);
    const others = models.length > 0 ? models : files;
    const got = `got none called ${file}: it has ${someOf(others)}`;
    throw new FoveaError("not-found", `${name.text}: expected a file of the repository, ${got}`);
  }
  if (isModel(file)) return file;
  if (pytorch.test(file) || weightsAlone.test(file)) throw weightsOf(name, [file]);
  const expected = "expected an ONNX, Keras or TensorFlow.js file";
  throw new FoveaError("bad-input", `${name.text}: ${expected}, got another one`);
}

function noModel(files: readonly string[], name: HubName): FoveaError {
  const weights = files.filter((file) => pytorch.test(file) || weightsAlone.test(file));
  if (weights.length > 0) return weightsOf(name, weights);
  const others = files.filter((file) => foreign.test(file));
  const got = `got ${others.length > 0 ? someOf(others) : someOf(files)}`;
  const expected = "expected an ONNX, Keras or TensorFlow.js file in the repository";
  return new FoveaError("not-found", `${name.text}: ${expected}, ${got}`);
}

function weightsOf({ text, repo }: HubName, weights: readonly string[]): FoveaError {
  const [, folder = repo] = /\/(.+)$/.exec(repo) ?? [];
  const way = `optimum-cli export onnx --model ${repo} ${folder}`;
  const message = `expected an ONNX file in the repository, got weights of a program in Python (${someOf(weights)})`;
  const advice = `export them with ${way}, and give ${folder}/model.onnx`;
  return new FoveaError("unsupported-operator", `${text}: ${message}: ${advice}`);
}
