/** @file Settings of a model from outside its graph. */

import type { Preprocessing } from "../../image/input/preprocessing.js";
import type { Labels } from "../labels/labels.js";

/** A source of class names. */
export interface LabelFile {
  /** For people. */
  readonly origin: string;
  /** Every way to read it, the likeliest first; the one whose number is the model's counts. */
  readonly readings: readonly Labels[];
  /** Whether only its name says that it may be this model's. Default false. */
  readonly found?: boolean;
}

/** Settings of a model from outside its graph. */
export interface Sidecar {
  /** Where it comes from, for people. */
  readonly origin: string;
  readonly classes?: readonly string[];
  /** Further sources of class names, behind `classes`: the first that fits the model counts. */
  readonly labelFiles?: readonly LabelFile[];
  /** Parts of the preprocessing; the rest is the usual recipe's. */
  readonly preprocessing?: Partial<Preprocessing>;
  /** Parts that count in the place of `preprocessing`'s where the model's input has just their height and width. */
  readonly atOtherSize?: Partial<Preprocessing>;
  /** The sources of class names and of parts of the preprocessing that do not come from `origin`, for people. */
  readonly origins?: Readonly<Partial<Record<SettingName, string>>>;
  /** What the model's user should know of these settings, a plain sentence each. */
  readonly notes?: readonly string[];
  /** Files that could not be understood: an error's message each. */
  readonly problems?: readonly string[];
}

/** What settings can say: the class names, or a part of the preprocessing. */
export type SettingName = "classes" | keyof Preprocessing;

/** The origin of `fovea.json`, the only file that is written for Fovea: it wins over what other tools write into a model's file. */
export const ownOrigin = "from fovea.json";

/** The source of a setting, for people. */
export function originOf(sidecar: Sidecar, name: SettingName): string {
  return sidecar.origins?.[name] ?? sidecar.origin;
}

/** All sources of class names, the best first. */
export function labelFilesOf(sidecar: Sidecar): readonly LabelFile[] {
  const { classes, labelFiles = [] } = sidecar;
  return classes
    ? [{ origin: originOf(sidecar, "classes"), readings: [{ names: classes }] }, ...labelFiles]
    : labelFiles;
}

/** Parts that say together how a picture gets its size: one source's are not mixed with another's. */
export const fitting = ["fit", "cropFraction", "resize", "padding", "anchor"] as const;

/** Parts over which other parts were laid. What `upper` says of the fit replaces all that `lower` says of it. */
export function overlay<Lower extends Partial<Preprocessing>>(lower: Lower, upper: Partial<Preprocessing>): Lower {
  const stale: readonly string[] =
    upper.fit === undefined ? (upper.cropFraction === undefined ? [] : ["resize"]) : fitting;
  const kept = Object.entries(lower).filter(([name]) => !stale.includes(name));
  return { ...(Object.fromEntries(kept) as Lower), ...upper };
}

/** The parts that are given. */
export function partNames(parts: Partial<Preprocessing>): (keyof Preprocessing)[] {
  const entries = Object.entries(parts) as [keyof Preprocessing, unknown][];
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
