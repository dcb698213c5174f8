/** @file Settings of image processors of Hugging Face's transformers. */

import type { Json } from "../../../formats/json.js";
import { isObject } from "../../../foundation/check.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { classesIn } from "../../labels/from-value.js";
import { flagIn, numberIn, numbersIn, sizeIn as pairIn, pixelsIn, resampleIn } from "../fields.js";
import type { Sidecar } from "../sidecar.js";
import { processorType, type SizeRule } from "./hugging-face-types.js";
import type { SettingsReader } from "./reader.js";
import { readTimm, readTimmTest, timmClasses, timmSettings } from "./timm.js";

export const preprocessorConfig: SettingsReader = {
  file: "preprocessor_config.json",
  read: (json, _where, others) => readProcessor(json, others("config.json")),
};

/** Newer versions keep all processors of a model, of text and of images, in one file. */
export const processorConfig: SettingsReader = {
  file: "processor_config.json",
  read(json, _where, others) {
    const inner = [json.image_processor, json.feature_extractor].find(isObject);
    return isImageProcessor(inner ?? json) ? readProcessor(inner ?? json, others("config.json")) : {};
  },
};

/** config.json of a transformers model (names only), or of a timm model. */
export const config: SettingsReader = {
  file: "config.json",
  read(json) {
    const timm = timmSettings(json);
    return { ...namesIn(json), ...(timm ? fromTimm(timm) : {}) };
  },
};

function fromTimm(settings: Json): Omit<Sidecar, "origin"> {
  const atOtherSize = readTimmTest(settings);
  return { preprocessing: readTimm(settings), ...(atOtherSize ? { atOtherSize } : {}) };
}

function isImageProcessor(json: Json): boolean {
  return ["image_processor_type", "feature_extractor_type", "image_mean", "size", "crop_size"].some(
    (key) => key in json,
  );
}

/** Names of classes; `LABEL_0` is what transformers writes for a class without a name. */
function namesIn(json: Json): Pick<Sidecar, "classes"> {
  if (json.id2label === undefined) return timmClasses(json);
  const classes = classesIn(json.id2label);
  return classes && !classes.every((name) => /^LABEL_\d+$/.test(name)) ? { classes } : {};
}

function readProcessor(json: Json, config: Json = {}): Omit<Sidecar, "origin"> {
  const timm = timmSettings(json);
  if (timm) return fromTimm(timm);
  const name = json.image_processor_type ?? json.feature_extractor_type;
  const type = processorType(name, config.model_type);
  const settings: Json = {
    ...type?.defaults,
    ...Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null)),
  };
  const { notes, ...fit } = fitOf(settings, type?.rule);
  return {
    preprocessing: { ...fit, ...resampleIn(settings.resample), ...valuesOf(settings) },
    ...(notes ? { notes } : {}),
  };
}

interface Size {
  readonly height: number;
  readonly width: number;
  /** Which side of a picture that keeps its shape gets the length; undefined for a size of both. */
  readonly side?: "shortest" | "longest" | "both";
}

/** A size as a number, a pair of height and width, or an object. @param square whether a number is the length of both sides */
function sizeOf(value: unknown, square: boolean): Size | undefined {
  if (Array.isArray(value)) return pairIn(value);
  if (!isObject(value)) return ofSide(pixelsIn(value), square ? undefined : "shortest");
  const [height, width] = [pixelsIn(value.height), pixelsIn(value.width)];
  if (height && width) return { height, width };
  const [shortest, longest] = [pixelsIn(value.shortest_edge), pixelsIn(value.longest_edge)];
  if (shortest) return ofSide(shortest, longest && longest !== shortest ? "both" : "shortest");
  return ofSide(longest ?? pixelsIn(value.max_height), "longest");
}

/** Larger than any input of an image network: vision language models write a number of pixels there. */
const largestSide = 8192;

function ofSide(length: number | undefined, side: Size["side"]): Size | undefined {
  if (length === undefined || length > largestSide) return undefined;
  return { height: length, width: length, ...(side ? { side } : {}) };
}

type Fit = Partial<Preprocessing> & Pick<Sidecar, "notes">;

function fitOf(settings: Json, rule: SizeRule | undefined): Fit {
  const size = sizeOf(settings.size, flagIn(settings.default_to_square) ?? true);
  const crops = flagIn(settings.do_center_crop) ?? false;
  const crop = crops ? (sizeOf(settings.crop_size, true) ?? size) : undefined;
  if (flagIn(settings.do_resize) === false) return unresized(crop);
  if (size === undefined) return crop ? { height: crop.height, width: crop.width } : {};
  const fraction = numberIn(settings.crop_pct);
  if (rule === "perceiver" && crop) return cropped(size, Math.min(1, size.height / crop.height));
  const target = resizeTarget(size, fraction, rule);
  if (crop) return middleOf(target, crop);
  if (target !== size) return middleOf(target, size);
  return uncropped(size, settings, rule);
}

/** What a picture is resized to, with the side that `size` names. */
function resizeTarget(size: Size, fraction: number | undefined, rule: SizeRule | undefined): Size {
  const { height, width, side } = size;
  const enlarged = (longer: (length: number) => number): Size => ({
    height: Math.floor(longer(height)),
    width: Math.floor(longer(width)),
    ...(height === width ? { side: "shortest" } : {}),
  });
  if (rule === "levit") return side === "shortest" ? enlarged((length) => (256 / 224) * length) : size;
  const isSmall = side === "shortest" && height < 384;
  return fraction && (isSmall || rule === "poolformer") ? enlarged((length) => length / fraction) : size;
}

/** The middle of a picture that was resized. */
function middleOf(target: Size, crop: Size): Fit {
  const { height, width } = crop;
  const resize = { height: target.height, width: target.width };
  if (target.side === undefined)
    return { height, width, fit: "stretch", ...(height === target.height && width === target.width ? {} : { resize }) };
  const fraction = height / target.height;
  return height === width && fraction <= 1 ? cropped(crop, fraction) : { height, width, fit: "crop", resize };
}

function cropped({ height, width }: Size, cropFraction: number): Fit {
  return { height, width, fit: "crop", cropFraction };
}

const shapeNote = "its processor keeps the shape of pictures, whatever the input's size: here they are stretched to it";
const cornerNote = "its processor lays pictures into a corner of the input: here they lie in the middle";

function uncropped({ height, width, side }: Size, settings: Json, rule: SizeRule | undefined): Fit {
  const size = { height, width };
  const around = numberIn(settings.padding);
  if (side === "longest" || (flagIn(settings.do_pad) && around !== undefined)) {
    const padding = around === undefined ? {} : { padding: [around, around, around] };
    return { ...size, fit: "letterbox", ...padding, notes: [cornerNote] };
  }
  if (flagIn(settings.keep_aspect_ratio)) return { ...size, fit: "stretch", notes: [shapeNote] };
  // ConvNeXT squeezes pictures from 384 on; a processor of unknown type with `crop_pct` is of its kind.
  if (side === undefined || rule === "convnext" || settings.crop_pct !== undefined) return { ...size, fit: "stretch" };
  if (side === "shortest") return cropped(size, 1);
  return { ...size, fit: "stretch", notes: [shapeNote] };
}

function unresized(crop: Size | undefined): Fit {
  if (crop === undefined) return {};
  const note = "its processor cuts the middle of pictures without resizing them first: here they are resized";
  return { ...cropped(crop, 1), notes: [note] };
}

/** Scale, mean and deviation, and the order of channels, which is turned at the end. */
function valuesOf(settings: Json): Partial<Preprocessing> {
  const [mean, std] = [numbersIn(settings.image_mean), numbersIn(settings.image_std)];
  const bgr = flagIn(settings.do_flip_channel_order) ?? false;
  const normalizes = flagIn(settings.do_normalize) ?? true;
  // EfficientNet with its top divides by the deviation once more, to undo an oddity of its TensorFlow weights.
  const twice = flagIn(settings.include_top) ?? ("include_top" in settings && normalizes);
  const offset = (flagIn(settings.rescale_offset) ?? flagIn(settings.offset) ?? false) ? 1 : 0;
  const turned = (values: readonly number[]) => (bgr ? values.toReversed() : values);
  const scale = (flagIn(settings.do_rescale) ?? true) ? (numberIn(settings.rescale_factor) ?? 1 / 255) : 1;
  const means = normalizes ? mean : [0];
  const deviations = product(normalizes ? std : [1], twice ? (std ?? [1]) : [1]);
  return {
    scale,
    ...(means ? { mean: turned(means.map((value) => value + offset)) } : {}),
    ...(deviations ? { std: turned(deviations) } : {}),
    ...(bgr ? { order: "bgr" } : {}),
  };
}

/** Element by element; a list of one goes with every element. */
function product(a: readonly number[] | undefined, b: readonly number[]): readonly number[] | undefined {
  if (a === undefined) return undefined;
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  return long.map((value, i) => value * (short[short.length === 1 ? 0 : i] ?? 1));
}
