/** @file Which files of a repository come along with a model: settings, tokenizers, class names, weights, and the other tower. */

import { inputKinds } from "../files/input/input-kinds.js";
import { labelFileRank } from "../model/labels/label-files.js";
import { sidecarFiles } from "../model/settings/read-settings.js";
import { tokenizerConfigFile, tokenizerFile } from "../model/texts/tokenizer.js";
import { textTowerNames } from "../model/texts/tower-names.js";

/** What turns texts into tokens. */
const tokenizers = [tokenizerFile, tokenizerConfigFile, "special_tokens_map.json"];
/** Beside a model.json: TensorFlow.js's shards, and the one file of Teachable Machine. */
const shards = /^((group\d+-)?shard\d+of\d+|weights|model\.weights)(\.bin)?$/i;

/**
 * The files that a model needs or is told by: of its own folder, and settings of the one above where it is called `onnx`.
 * @param files all of the repository, by their paths
 */
export function filesBeside(model: string, files: readonly string[]): string[] {
  const { folder, base } = partsOf(model);
  const settingsFolders = /(^|\/)onnx$/i.test(folder) ? [folder, partsOf(folder).folder] : [folder];
  const neighbours = files.map(partsOf).flatMap((each) => (each.folder === folder ? [each.base] : []));
  const parts = new Set(partsAmong(base, neighbours));
  return files.filter((file) => {
    if (file === model) return false;
    const other = partsOf(file);
    if (other.folder === folder && parts.has(other.base)) return true;
    return settingsFolders.includes(other.folder) && isSettings(other.base);
  });
}

/** The network of texts that belongs to one of images, among the files of its folder. */
export function textTowerAmong(model: string, neighbours: readonly string[]): string | undefined {
  if (!isOnnx(model)) return undefined;
  return textTowerNames(model, neighbours).find((name) => neighbours.includes(name) && isOnnx(name));
}

const isOnnx = (name: string) => /\.onnx$/i.test(name);

export function partsOf(path: string): { readonly folder: string; readonly base: string } {
  const at = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(at, 0)), base: path.slice(at + 1) };
}

function isSettings(base: string): boolean {
  return sidecarFiles.includes(base) || tokenizers.includes(base) || labelFileRank(base) !== undefined;
}

/** The files of a model's folder that hold its weights, and the other tower with its own. */
function partsAmong(model: string, neighbours: readonly string[]): string[] {
  if (model === "model.json") return neighbours.filter((name) => shards.test(name));
  if (!isOnnx(model)) return [];
  const text = textTowerAmong(model, neighbours);
  const towers = text === undefined ? [model] : [model, text];
  const isAlone = neighbours.filter(isOnnx).length === towers.length;
  return neighbours.filter(
    (name) =>
      name === text ||
      towers.some((tower) => isDataOf(tower, name)) ||
      (isAlone && /\.data$|_data$|^weights\.(pb|bin)$/i.test(name)),
  );
}

/** As exporters call files of weights: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`, `model.data`. */
function isDataOf(model: string, base: string): boolean {
  const stem = model.slice(0, -".onnx".length);
  const starts = [model, stem].find((start) => base.startsWith(start));
  return starts !== undefined && /^([._]data(_\d+)?|\.data-\d+|[._]weights?(\.\w+)?)$/i.test(base.slice(starts.length));
}

/** Bytes of the largest file of settings that is brought along unasked: what is longer holds something else. */
const mostSettings = inputKinds.labels.most;

/** Whether a file is brought along: of settings and class names, without which nothing is missing but what they say, no large ones. */
export function isMeant({ path, bytes }: { readonly path: string; readonly bytes: number }): boolean {
  const { base } = partsOf(path);
  return bytes <= mostSettings || !isSettings(base) || tokenizers.includes(base);
}
