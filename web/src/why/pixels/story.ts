/** @file The sentences of the story of a method of pixels. */

import { counted } from "../../../../src/foundation/words.js";
import type { PixelMethod, PixelsView } from "../engine/api.js";
import type { StoryPage } from "../story/sentences.js";
import { fixed } from "../words.js";
import type { Completeness } from "./sums.js";
import { startTitles } from "./words.js";

/** What a page of the story shows. */
export type Sight = "frame" | "gradient" | "sum" | "over";

export interface SightPage extends StoryPage {
  readonly sight: Sight;
  /** It is told step by step. */
  readonly moves: boolean;
}

interface Told {
  /** The explained class. */
  readonly name: string;
  readonly completeness: Completeness | undefined;
}

const overlay = (name: string): SightPage => ({
  title: "Lay it over the picture",
  sentence: `Lay the map over the picture: it glows on the pixels that “${name}” hangs on.`,
  sight: "over",
  moves: false,
});

const ask = (name: string, where: string): SightPage => ({
  title: "Ask every pixel",
  sentence: `${where}, ask each pixel: if you were a little brighter, would “${name}” score higher (red) or lower (blue)?`,
  sight: "gradient",
  moves: true,
});

const tellers: Record<PixelMethod, (view: PixelsView, told: Told) => readonly SightPage[]> = {
  "integrated-gradients": integrated,
  "smooth-grad": (view, { name }) => [
    {
      title: "Shake the picture",
      sentence: `Make ${view.at.length} copies of the picture, each with other noise. A person still sees the same thing.`,
      sight: "frame",
      moves: true,
    },
    ask(name, "In each copy"),
    {
      title: "Take the mean",
      sentence:
        "Take the mean over the copies, pixel by pixel: what was by chance averages out, and what stays is the map.",
      sight: "sum",
      moves: true,
    },
    overlay(name),
  ],
  "gradient-x-input": (_, { name }) => [
    { ...ask(name, "At the picture"), moves: false },
    {
      title: "Times the picture",
      sentence:
        "Multiply each answer by the pixel’s own value: what is zero for the network gets nothing, however much it would matter.",
      sight: "sum",
      moves: false,
    },
    overlay(name),
  ],
  gradient: (_, { name }) => [
    { ...ask(name, "At the picture"), moves: false },
    {
      title: "Only its size",
      sentence: "Forget whether it was red or blue: the map shows how much each pixel would matter.",
      sight: "sum",
      moves: false,
    },
    overlay(name),
  ],
};

function integrated(view: PixelsView, { name, completeness }: Told): readonly SightPage[] {
  const several = view.ways.length > 1;
  const [first] = view.ways;
  const from = several ? "three beginnings" : startTitles[first?.start ?? "zero"];
  const sum = completeness ? fixed(completeness.sum, 2) : "";
  const rise = completeness ? fixed(completeness.rise, 2) : "";
  return [
    {
      title: "Walk to the picture",
      sentence: `Begin with ${from}, which says nothing about “${name}”, and go to the picture in ${counted(view.at.length, "step")}.`,
      sight: "frame",
      moves: true,
    },
    ask(name, "In each step"),
    {
      title: "Add everything up",
      sentence: `Take the mean of the answers, times how far each pixel moved. All pixels together make ${sum}: as much as the score rose on the way, which is ${rise}.`,
      sight: "sum",
      moves: true,
    },
    overlay(name),
  ];
}

export function storyOf(view: PixelsView, told: Told): readonly SightPage[] {
  return tellers[view.request.method](view, told);
}
