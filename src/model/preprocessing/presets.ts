/** @file The usual ways to make numbers of pixels, by the names that the field has for them. */

import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";

/** What a preset says of a preprocessing; size and crop are the model's. */
export type PresetParts = Pick<Preprocessing, "scale" | "mean" | "std" | "order" | "ground">;

/** A usual recipe. */
export interface Preset {
  readonly name: string;
  /** Other names that people have for it. */
  readonly aliases: readonly string[];
  /** What it does and where it is usual. */
  readonly title: string;
  readonly parts: PresetParts;
  /** Of the network's input; undefined: any. */
  readonly channels?: 1 | 3;
  /** How usual it is among recipes that the trial can hardly tell apart, 1 for most. */
  readonly weight: number;
}

const none = [0];
const one = [1];
const unit = { scale: 1 / 255, mean: none, std: one, order: "rgb" } as const;
const signed = { scale: 1 / 127.5, mean: one, std: one, order: "rgb" } as const;
const bytes = { scale: 1, mean: none, std: one, order: "rgb" } as const;
const mnist = { scale: 1 / 255, mean: [0.1307], std: [0.3081], order: "rgb" } as const;

function onDark(name: string, title: string, parts: PresetParts): Preset {
  const dark = { ...parts, ground: "dark" } as const;
  return {
    name: `${name}-dark`,
    aliases: [],
    title: `${title}, light strokes on dark`,
    parts: dark,
    channels: 1,
    weight: 1,
  };
}

/** All presets. */
export const presets: readonly Preset[] = [
  {
    name: "imagenet",
    aliases: ["torch", "torchvision", "timm"],
    title: "0 to 1, ImageNet's mean and deviation (PyTorch)",
    parts: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
    channels: 3,
    weight: 1,
  },
  { name: "unit", aliases: ["0..1"], title: "0 to 1", parts: unit, weight: 1 },
  {
    name: "signed",
    aliases: ["tf", "inception", "-1..1"],
    title: "−1 to 1 (TensorFlow, many mobile networks)",
    parts: signed,
    weight: 1,
  },
  // Networks that take plain bytes mostly scale them themselves, which shows in their first layers.
  { name: "bytes", aliases: ["raw", "0..255"], title: "0 to 255", parts: bytes, weight: 0.9 },
  {
    name: "caffe",
    aliases: [],
    title: "0 to 255 less the mean, blue first (Caffe)",
    parts: { scale: 1, mean: [104.007, 116.669, 122.679], std: one, order: "bgr" },
    channels: 3,
    weight: 1,
  },
  {
    name: "clip",
    aliases: ["openai"],
    title: "0 to 1, CLIP's mean and deviation",
    parts: {
      scale: 1 / 255,
      mean: [0.48145466, 0.4578275, 0.40821073],
      std: [0.26862954, 0.26130258, 0.27577711],
      order: "rgb",
    },
    channels: 3,
    weight: 1,
  },
  { name: "mnist", aliases: [], title: "0 to 1, MNIST's mean and deviation", parts: mnist, channels: 1, weight: 1 },
  onDark("unit", "0 to 1", unit),
  onDark("signed", "−1 to 1", signed),
  onDark("bytes", "0 to 255", bytes),
  onDark("mnist", "0 to 1, MNIST's mean and deviation", mnist),
];

/** Those that fit a network's channels. */
export function presetsFor({ channels }: Pick<Preprocessing, "channels">): readonly Preset[] {
  return presets.filter((preset) => preset.channels === undefined || preset.channels === channels);
}

/**
 * A preset by its name or another one that people have for it.
 * @throws FoveaError `bad-input`, with the names there are
 */
export function presetNamed(name: string, where = "preprocessing"): Preset {
  const wanted = name.toLowerCase();
  const found = presets.find((preset) => preset.name === wanted || preset.aliases.includes(wanted));
  if (found) return found;
  const names = presets.map((preset) => preset.name).join(", ");
  throw new FoveaError("bad-input", `${where}: expected one of ${names}, got "${name}"`);
}

/** How far means may be apart, in steps of the pixels' 0 to 255; Keras' for Caffe networks are 1 from Caffe's own. */
const nearSteps = 1.5;
const nearShare = 0.005;

/** The preset that a preprocessing follows; undefined for one of its own. */
export function presetOf(preprocessing: Preprocessing): Preset | undefined {
  const { scale, mean, std, order = "rgb", ground, channels } = preprocessing;
  const share = (a: number, b: number) => Math.abs(a / b - 1) < nearShare;
  return presetsFor(preprocessing).find(({ parts }) => {
    const of = (values: readonly number[], c: number) => at(values, values.length === 1 ? 0 : c);
    const near = Array.from({ length: channels }, (_, c) => {
      const steps = Math.abs(of(mean, c) - of(parts.mean, c)) / parts.scale;
      return steps < nearSteps && share(of(std, c), of(parts.std, c));
    });
    const sameColours = channels === 1 || order === parts.order;
    return share(scale, parts.scale) && sameColours && ground === parts.ground && near.every(Boolean);
  });
}

/** A preprocessing that follows a preset and keeps its own size and crop. */
export function withPreset(preprocessing: Preprocessing, { parts }: Pick<Preset, "parts">): Preprocessing {
  const { ground: _, ...rest } = preprocessing;
  const perChannel = (values: readonly number[]) =>
    values.length === 1 ? Array.from({ length: preprocessing.channels }, () => at(values, 0)) : values;
  return { ...rest, ...parts, mean: perChannel(parts.mean), std: perChannel(parts.std) };
}
