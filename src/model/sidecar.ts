/** @file Settings of a model outside its file: our own fovea.json, Hugging Face's and timm's settings, lists of labels. */

import { FoveaError } from "../foundation/error.js";
import type { Preprocessing } from "../image/input/preprocessing.js";
import { labelsInValue } from "./labels/from-value.js";
import type { Labels } from "./labels/labels.js";

/** A file with class names. */
export interface LabelFile {
  /** For people. */
  readonly origin: string;
  /** Every way to read it, the likeliest first; the one whose number is the model's counts. */
  readonly readings: readonly Labels[];
  /** Whether only its name says that it may be this model's. Default false. */
  readonly found?: boolean;
}

/** Settings of a model from outside its file. */
export interface Sidecar {
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly classes?: readonly string[];
  /** Files with class names; the first that fits counts, after `classes`. */
  readonly labelFiles?: readonly LabelFile[];
  /** What of these files cannot be used, a plain sentence each. */
  readonly notes?: readonly string[];
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
  if (file === "preprocessor_config.json") return { origin, preprocessing: fromHuggingFace(json) };
  if (file === "config.json") return { origin, ...classesOf(json, origin), ...fromConfig(json) };
  const { classes, preprocessing } = json;
  return {
    origin,
    ...(classes === undefined ? {} : classesOf({ classes }, origin)),
    ...(isObject(preprocessing) ? { preprocessing } : {}),
  };
}

/** The class names in settings, or a note where names that there are cannot be read. */
function classesOf(json: Json, origin: string): Pick<Sidecar, "labelFiles" | "notes"> {
  const readings = labelsInValue(json);
  if (readings.length > 0) return { labelFiles: [{ origin, readings }] };
  const field = ["classes", "id2label", "label_names"].find((name) => json[name] !== undefined);
  const got = JSON.stringify(json[field ?? ""])?.slice(0, 60);
  return field === undefined ? {} : { notes: [`class names ${origin} are left out: expected texts, got ${got}`] };
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

/** `config.json` of a timm model (`pretrained_cfg`); that of a transformers model has names only. */
function fromConfig(json: Json): Pick<Sidecar, "preprocessing"> {
  const settings = isObject(json.pretrained_cfg) ? json.pretrained_cfg : undefined;
  return settings ? { preprocessing: fromTimm(settings) } : {};
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
