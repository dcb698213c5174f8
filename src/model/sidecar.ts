/** @file Settings of a model outside its file: our own fovea.json, Hugging Face's and timm's settings, lists of labels. */

import { FoveaError } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";

/** Settings of a model from outside its file. */
export interface Sidecar {
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly classes?: readonly string[];
  /** Parts of the preprocessing; the rest is the usual recipe's. */
  readonly preprocessing?: Partial<Preprocessing>;
}

/** The files that are looked for beside a model; the first that says something wins, for classes and preprocessing each. */
export const sidecarFiles = ["fovea.json", "preprocessor_config.json", "config.json"] as const;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads one of `sidecarFiles`.
 * @param where how errors name the file
 * @throws FoveaError `bad-file`
 */
export function readSidecar(file: (typeof sidecarFiles)[number], text: string, where: string): Sidecar {
  const json = parseJson(text, where);
  const origin = `from ${file}`;
  if (file === "fovea.json") {
    const { classes, preprocessing } = json;
    return {
      origin,
      ...(classes === undefined ? {} : { classes: classList(classes, where) }),
      ...(isObject(preprocessing) ? { preprocessing } : {}),
    };
  }
  return file === "preprocessor_config.json"
    ? { origin, preprocessing: fromHuggingFace(json) }
    : { origin, ...fromConfig(json, where) };
}

/**
 * Class names from a text file, one per line, or a JSON list of names.
 * @throws FoveaError `bad-file`
 */
export function readLabels(text: string, where: string): readonly string[] {
  if (/^\s*[[{]/.test(text)) {
    const value = parseJson(text, where);
    return classList(Array.isArray(value) ? value : byIndex(value), where);
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return classList(lines, where);
}

function parseJson(text: string, where: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value)) return value;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FoveaError("bad-file", `${where}: expected JSON: ${reason}`, { cause });
  }
  throw new FoveaError("bad-file", `${where}: expected a JSON object, got ${text.slice(0, 40)}`);
}

/** Whether JSON is an object or a list. */
function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

function isObject(value: unknown): value is Json {
  return isJson(value) && !Array.isArray(value);
}

function classList(value: unknown, where: string): readonly string[] {
  const names = isObject(value) ? byIndex(value) : value;
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) return names;
  throw new FoveaError(
    "bad-file",
    `${where}: class names: expected a list of texts, got ${JSON.stringify(value)?.slice(0, 60)}`,
  );
}

/** `{"0": "cat", "1": "dog"}` as a list. */
function byIndex(names: Json): unknown[] {
  return Array.from({ length: Object.keys(names).length }, (_, i) => names[String(i)]);
}

/** `preprocessor_config.json`, as image processors of transformers write it. */
function fromHuggingFace(json: Json): Partial<Preprocessing> {
  const flag = (name: string, fallback: boolean) => (typeof json[name] === "boolean" ? json[name] : fallback);
  const size = sizeIn(json.size);
  const crop = flag("do_center_crop", false) ? (sizeIn(json.crop_size) ?? size) : undefined;
  const fraction = typeof json.crop_pct === "number" ? json.crop_pct : undefined;
  const shape = crop ?? size;
  const normalizes = flag("do_normalize", true);
  return {
    ...(shape ? { height: shape.height, width: shape.width } : {}),
    ...fitOf(size, crop, fraction),
    ...resampleOf(json.resample === 3 ? "bicubic" : "bilinear"),
    scale: flag("do_rescale", true) ? numberOr(json.rescale_factor, 1 / 255) : 1,
    ...(normalizes ? statistics(json.image_mean, json.image_std) : { mean: [0], std: [1] }),
  };
}

interface Size {
  readonly height: number;
  readonly width: number;
  /** Whether the setting is the length of the shorter side: the picture keeps its shape. */
  readonly shortest: boolean;
}

function sizeIn(value: unknown): Size | undefined {
  if (typeof value === "number") return { height: value, width: value, shortest: false };
  if (!isObject(value)) return undefined;
  const { shortest_edge: shortest, height, width } = value;
  if (typeof shortest === "number") return { height: shortest, width: shortest, shortest: true };
  return typeof height === "number" && typeof width === "number" ? { height, width, shortest: false } : undefined;
}

function fitOf(size: Size | undefined, crop: Size | undefined, fraction: number | undefined): Partial<Preprocessing> {
  if (crop && size) return { fit: "crop", cropFraction: Math.min(1, crop.height / size.height) };
  if (size?.shortest && fraction !== undefined && size.height < 384) return { fit: "crop", cropFraction: fraction };
  if (size?.shortest && fraction === undefined) return { fit: "crop", cropFraction: 1 };
  return size ? { fit: "stretch" } : {};
}

/** `config.json` of a timm model (`pretrained_cfg`), or of a transformers model (names only). */
function fromConfig(json: Json, where: string): Omit<Sidecar, "origin"> {
  const settings = isObject(json.pretrained_cfg) ? json.pretrained_cfg : undefined;
  const names = json.id2label ?? labelNames(json);
  return {
    ...(names === undefined ? {} : { classes: classList(names, where) }),
    ...(settings ? { preprocessing: fromTimm(settings) } : {}),
  };
}

/** timm lists WordNet ids with descriptions where a dataset has both. */
function labelNames({ label_names: names, label_descriptions: descriptions }: Json): unknown {
  if (!Array.isArray(names) || !isObject(descriptions)) return names;
  return names.map((name) => descriptions[String(name)] ?? name);
}

function fromTimm(settings: Json): Partial<Preprocessing> {
  const inputSize: readonly unknown[] = Array.isArray(settings.input_size) ? settings.input_size : [];
  const [, height, width] = inputSize;
  const stretches = settings.crop_mode === "squash";
  return {
    ...(typeof height === "number" && typeof width === "number" ? { height, width } : {}),
    ...(stretches
      ? { fit: "stretch" }
      : { fit: "crop", cropFraction: Math.min(1, numberOr(settings.crop_pct, 0.875)) }),
    ...resampleOf(settings.interpolation),
    scale: 1 / 255,
    ...statistics(settings.mean, settings.std),
  };
}

function resampleOf(value: unknown): Partial<Preprocessing> {
  return { resample: value === "bicubic" ? "cubic" : "linear" };
}

function statistics(mean: unknown, std: unknown): Partial<Preprocessing> {
  const list = (value: unknown): value is number[] => Array.isArray(value) && value.every((n) => typeof n === "number");
  return { ...(list(mean) ? { mean } : {}), ...(list(std) ? { std } : {}) };
}

function numberOr(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
