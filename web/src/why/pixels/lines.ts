/** @file The lines of scores and of one pixel's gradients over the steps. */

import type { PixelsView } from "../engine/api.js";
import type { Line } from "./Curves.svelte";
import { wayOf } from "./sums.js";
import { channelName, startTitles } from "./words.js";

const dashes = ["none", "6 3", "2 3"] as const;
const colors = ["var(--grad)", "var(--alpha)", "var(--over)"] as const;

type Point = Line["points"][number];

/** The steps of one way. */
function stepsOf(view: PixelsView, way: number): number[] {
  return Array.from(view.at.keys()).filter((step) => wayOf(view, step) === way);
}

/** y along each way, and what the steps add up to from its beginning; of samples y of each. */
export function scoreLines(view: PixelsView, parts: readonly number[]): Line[] {
  const { ways, at, stepScores, score } = view;
  if (ways.length === 0) {
    const last = at.length;
    return [
      {
        name: "y of each sample",
        color: "var(--grad)",
        points: Array.from(stepScores, (y, i): Point => [i + 1, y]),
        dots: true,
      },
      {
        name: "y of the picture",
        color: "var(--over)",
        points: [
          [0, score],
          [last, score],
        ],
        dash: "6 3",
      },
    ];
  }
  return ways.flatMap(({ start, score: from }, way): Line[] => {
    const steps = stepsOf(view, way);
    const of = ways.length > 1 ? ` from ${startTitles[start]}` : "";
    const points = steps.map((step): Point => [at[step] ?? 0, stepScores[step] ?? 0]);
    const scores: Line = {
      name: `y${of}`,
      color: colors[way] ?? colors[0],
      points: [[0, from], ...points, [1, score]],
      ...(ways.length > 1 ? { dash: dashes[way] ?? "none" } : {}),
    };
    if (ways.length > 1) return [scores];
    let sum = from;
    const sums = steps.map((step): Point => {
      sum += parts[step] ?? 0;
      return [at[step] ?? 0, sum];
    });
    return [scores, { name: "sum of the steps", color: "var(--sum)", points: [[0, from], ...sums], dash: "4 3" }];
  });
}

/** The gradients of one pixel, a line for each colour and way. */
export function gradientLines(
  view: PixelsView,
  curves: readonly Float32Array[],
  order: "rgb" | "bgr" | undefined,
): Line[] {
  const { ways, at, layer } = view;
  const inks = ["#c43b3b", "#2e8b57", "#3b6fc4", "var(--ink-soft)"];
  return curves.flatMap((values, channel) =>
    Array.from({ length: Math.max(1, ways.length) }, (_, way): Line => {
      const name = channelName(channel, layer.channels, order);
      const from = ways.length > 1 ? ` from ${startTitles[ways[way]?.start ?? "zero"]}` : "";
      const isColour = layer.channels > 1;
      return {
        name: `∂y/∂x${name && ` ${name}`}${from}`,
        color: isColour
          ? (inks[order === "bgr" && channel < 3 ? 2 - channel : channel] ?? "var(--ink)")
          : (colors[way] ?? colors[0]),
        dash: dashes[isColour && ways.length <= 1 ? channel : way] ?? "none",
        points: stepsOf(view, way).map(
          (step): Point => [ways.length > 0 ? (at[step] ?? 0) : step + 1, values[step] ?? 0],
        ),
      };
    }),
  );
}

/** What stands at both ends of the lines. */
export function wayEnds({ ways, at }: PixelsView): readonly [left: string, right: string] {
  const [first] = ways;
  if (first === undefined) return ["sample 1", `sample ${at.length}`];
  return [ways.length === 1 ? startTitles[first.start] : "beginning", "picture"];
}
