/** @file The view: the part of the state that has a link. */

import { defaultMethod } from "../../../src/explain/method.js";
import { type ColormapName, colormapNames } from "../../../src/image/map/colormap.js";
import { baselineNames } from "../../../src/model/input/baseline-names.js";
import { type SampleName, sampleNames } from "../shared/samples.js";
import { readOff, readWeights, writeOff, writeWeights } from "../why/change.js";
import { type Order, orders } from "../why/rows.js";

export const tabs = ["see", "why", "train", "audit"] as const;
export type Tab = (typeof tabs)[number];

/** The parts of the tab Why: how a map was made, other methods, whether to trust it, and what the network sees in many pictures. */
export const whyParts = ["how", "methods", "trust", "concepts"] as const;
export type WhyPart = (typeof whyParts)[number];

/** The parts of the tab Audit: many pictures, and what was repaired. */
export const auditParts = ["pictures", "repair"] as const;
export type AuditPart = (typeof auditParts)[number];

/** Tabs by the names that links had for them before. */
const renamed: Readonly<Record<string, Partial<View>>> = {
  look: { tab: "see" },
  draw: { tab: "see", drawing: true },
  how: { tab: "why" },
  learn: { tab: "train" },
  data: { tab: "audit" },
  improve: { tab: "audit", audit: "repair" },
};

export const modes = ["overlay", "swipe", "beside"] as const;
export type Mode = (typeof modes)[number];

/** Where ways to the picture begin: by name, or at the other open pictures. */
export const baselineChoices = [...baselineNames, "pictures"] as const;
export type BaselineChoice = (typeof baselineChoices)[number];

/** How much the tab "How it works" tells at once. */
export const levels = ["story", "numbers", "code"] as const;
export type Level = (typeof levels)[number];

export interface View {
  readonly tab: Tab;
  readonly why: WhyPart;
  readonly audit: AuditPart;
  /** The page's own model and pictures that are open, or were before others. */
  readonly sample: SampleName;
  /** What pictures are compared with, a text in each line; empty for what the model is asked at first. */
  readonly texts: string;
  /** The usual way to turn pixels into numbers that the user chose; empty for the model's own. */
  readonly recipe: string;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  readonly method: string;
  /** Where a way to the picture begins, for methods that follow one. */
  /** Undefined for the method's own. */
  readonly baseline: BaselineChoice | undefined;
  /** A class, or the predicted one. */
  readonly target: number | "predicted";
  /** A second class, whose score is taken away. */
  readonly minus: number | undefined;
  readonly against: boolean;
  readonly mode: Mode;
  /** 0 to 1. */
  readonly opacity: number;
  readonly colormap: ColormapName;
  /** Only the hottest so many percent of the picture are shown; 100 shows all. */
  readonly top: number;
  readonly contours: boolean;
  readonly signed: boolean;
  /** What the network itself gives for each place is shown, where it gives something of the kind. */
  readonly own: boolean;
  /** Of an embedding: the open picture to which the likeness is explained. */
  readonly similar: number | undefined;
  /** Whether pictures share one scale. */
  readonly scale: "own" | "common";
  /** The one that is looked at, of the open pictures. */
  readonly picture: number;
  /** The drawing is looked at in the place of a picture. */
  readonly drawing: boolean;
  readonly level: Level;
  /** Of the channels in "How it works". */
  readonly order: Order;
  /** Channels that are switched off there, as `readOff` reads them. */
  readonly off: string;
  /** Weights that were changed there, as `readWeights` reads them. */
  readonly weights: string;
}

export const firstView: View = {
  tab: "see",
  why: "how",
  audit: "pictures",
  sample: "shapes",
  texts: "",
  recipe: "",
  layer: "auto",
  method: defaultMethod,
  baseline: undefined,
  target: "predicted",
  minus: undefined,
  against: false,
  mode: "overlay",
  opacity: 0.7,
  colormap: "inferno",
  top: 100,
  contours: false,
  signed: false,
  own: true,
  similar: undefined,
  scale: "own",
  picture: 0,
  drawing: false,
  level: "numbers",
  order: "part",
  off: "",
  weights: "",
};

/** What a view has of one network, before anything is chosen of another. */
export const nothingChosen = { layer: "auto", target: "predicted", minus: undefined, similar: undefined } as const;

/** Characters of the texts of a link. */
const mostOfTexts = 2000;

/** The texts of a view; undefined for those that the model is asked at first. */
export function textsOfView({ texts }: Pick<View, "texts">): readonly string[] | undefined {
  const lines = texts
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.length > 0 ? [...new Set(lines)] : undefined;
}

/** The differences to the first view, as the address's fragment; empty for the first view. */
export function linkTo(view: View): string {
  const entries = Object.entries(view).filter(([name, value]) => value !== firstView[name as keyof View]);
  return new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
}

/** Reads a link; parts that make no sense are left out. */
export function readView(fragment: string): View {
  const params = new URLSearchParams(fragment.replace(/^#/, ""));
  const text = (name: keyof View) => params.get(name) ?? undefined;
  const choice = <Name extends string>(name: keyof View, names: readonly Name[], fallback: Name): Name =>
    names.find((each) => each === text(name)) ?? fallback;
  const wholeNumber = (name: keyof View) => {
    const value = text(name);
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const within = (name: keyof View, least: number, most: number, fallback: number) => {
    const value = Number(text(name) ?? Number.NaN);
    return value >= least && value <= most ? value : fallback;
  };
  const before = renamed[text("tab") ?? ""];
  return {
    tab: before?.tab ?? choice("tab", tabs, firstView.tab),
    why: choice("why", whyParts, firstView.why),
    audit: before?.audit ?? choice("audit", auditParts, firstView.audit),
    sample: choice("sample", sampleNames, firstView.sample),
    texts: (text("texts") ?? "").slice(0, mostOfTexts),
    recipe: text("recipe") ?? firstView.recipe,
    layer: text("layer") ?? firstView.layer,
    method: text("method") ?? firstView.method,
    baseline: baselineChoices.find((name) => name === text("baseline")),
    target: wholeNumber("target") ?? firstView.target,
    minus: wholeNumber("minus"),
    against: text("against") === "true",
    mode: choice("mode", modes, firstView.mode),
    opacity: within("opacity", 0, 1, firstView.opacity),
    colormap: choice("colormap", colormapNames, firstView.colormap),
    top: within("top", 1, 100, firstView.top),
    contours: text("contours") === "true",
    signed: text("signed") === "true",
    own: text("own") !== "false",
    similar: wholeNumber("similar"),
    scale: choice("scale", ["own", "common"] as const, firstView.scale),
    drawing: before?.drawing ?? text("drawing") === "true",
    picture: wholeNumber("picture") ?? firstView.picture,
    level: choice("level", levels, firstView.level),
    order: choice("order", orders, firstView.order),
    off: writeOff(readOff(text("off") ?? "")),
    weights: writeWeights(readWeights(text("weights") ?? "")),
  };
}
