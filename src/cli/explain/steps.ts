/** @file `fovea explain --show-steps`: Grad-CAM's five steps with their numbers, as a table, as arrays and for programs. */

import { join } from "node:path";
import { writeNpy } from "../../data/npy.js";
import type { Explanation } from "../../explain/explanation.js";
import type { Explainer } from "../../explain/options.js";
import type { ChannelStep, GradCamSteps } from "../../explain/steps/grad-cam-steps.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { table } from "../terminal/table.js";

/** For each picture of an input, for each class. */
export type StepsOfMaps = readonly (readonly GradCamSteps[])[];

/** Channels that are printed one by one. */
const shown = 8;

export async function stepsOfMaps(
  explainer: Explainer,
  images: Tensor,
  explanation: Explanation,
): Promise<StepsOfMaps> {
  const { gradCamSteps } = await import("../../explain/steps/grad-cam-steps.js");
  const rows: GradCamSteps[][] = [];
  for (const [i, classes] of explanation.classes.entries()) {
    const row: GradCamSteps[] = [];
    for (const k of classes.keys()) row.push(await gradCamSteps(explainer, images, explanation, { i, k }));
    rows.push(row);
  }
  return rows;
}

const arrays = ["activation", "gradient", "weights", "sum", "map", "resized", "exact"] as const;

/** Writes the arrays of all maps, float32: `CLASS-1-activation.npy` and so on; of an array with several images behind the image's number. @returns the paths */
export async function writeSteps(folder: string, steps: StepsOfMaps): Promise<string[]> {
  const paths: string[] = [];
  for (const [i, row] of steps.entries()) {
    for (const step of row) {
      for (const [at, name] of arrays.entries()) {
        const image = steps.length > 1 ? `${i}-` : "";
        const path = join(folder, `${image}${step.class.index}-${at + 1}-${name}.npy`);
        await writeFileAtomically(path, writeNpy(step[name]), { isOurName: true });
        paths.push(path);
      }
    }
  }
  return paths;
}

/** For programs: numbers of each channel, sums, and all arrays as their sizes and values. */
export function describedSteps({ class: _, channels, sums, ...steps }: GradCamSteps) {
  const described = arrays.map((name) => [name, { dims: steps[name].dims, values: Array.from(floats(steps[name])) }]);
  return { channels, sums, ...Object.fromEntries(described) };
}

/** The five steps of one map. */
export function stepLines({ class: { label }, channels, sums, ...steps }: GradCamSteps): string[] {
  const [count = 0, height = 0, width = 0] = steps.activation.dims;
  const size = `${height}x${width}`;
  const ranked = channels.toSorted((a, b) => Math.abs(b.part) - Math.abs(a.part));
  const [rows, rest] = [ranked.slice(0, shown), ranked.slice(shown)];
  const evidence = Array.from(floats(steps.sum));
  const positive = evidence.filter((value) => value > 0);
  const resized = floats(steps.resized);
  return [
    `Grad-CAM of ${label} in five steps`,
    `1 activations A: ${count} channels of ${size}; 2 gradients g = dy/dA, as many; 3 weights: alpha = the mean of g over the ${height * width} places`,
    ...table(
      ["channel", "mean A", "max A", "largest g", "alpha", "alpha x sum of A"],
      [
        ...rows.map(channelRow),
        ...(rest.length > 0 ? [[`${rest.length} others`, "", "", "", "", number(total(rest, "part"))]] : []),
        ["together", "", "", "", "", number(total(channels, "part"))],
      ],
    ).map((line) => `  ${line}`),
    `4 sum over channels, alpha A: ${size}, from ${number(Math.min(...evidence))} to ${number(Math.max(...evidence))}, together ${number(total(channels, "part"))}`,
    `5 ReLU: ${positive.length} of ${evidence.length} places are above 0, together ${number(positive.reduce((a, b) => a + b, 0))}; resized to ${steps.resized.dims.join("x")}, peak ${number(resized.reduce((a, b) => Math.max(a, b), 0))}`,
    ...sumLines(sums),
  ];
}

/** Whether the parts are all of the score. */
function sumLines({ score, without, sum, exact }: GradCamSteps["sums"]): string[] {
  const line = (name: string, part: number) => {
    const left = score - without - part;
    const close = Math.abs(left) <= 1e-4 * Math.max(1, Math.abs(score));
    const parts = `${number(without)} without the layer + ${number(part)} = ${number(without + part)}`;
    return `${name}: ${parts}, ${close ? "the score" : `${number(Math.abs(left))} ${left > 0 ? "less" : "more"} than the score`}`;
  };
  return [
    `the score is ${number(score)}`,
    `  ${line("averaged gradients (Grad-CAM)", sum)}`,
    `  ${line("each place's own gradient (HiResCAM)", exact)}`,
  ];
}

function channelRow(step: ChannelStep): string[] {
  const { channel, meanActivation, maxActivation, largestGradient, weight, part } = step;
  return [String(channel), ...[meanActivation, maxActivation, largestGradient, weight, part].map(number)];
}

function total(channels: readonly ChannelStep[], field: "part" | "exactPart"): number {
  return channels.reduce((sum, channel) => sum + channel[field], 0);
}

function number(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(3) : value.toFixed(4);
}
