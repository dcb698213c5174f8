/** @file The part of docs/conformance.md about Keras. */

import { type KerasCase, type kerasErrors, quantities, toleranceOf } from "../models/keras.js";

export interface KerasResult {
  readonly of: KerasCase;
  readonly file: string;
  readonly errors: Awaited<ReturnType<typeof kerasErrors>>;
}

/** Case and file of each row of a table that `kerasSection` wrote. */
export function kerasRowsIn(markdown: string): string[] {
  return [...kerasSectionIn(markdown).matchAll(/^\| (\w+\/\S+) \|/gm)].map(([, row = ""]) => row);
}

const heading = "\n## Conformance with Keras\n";

/** The section that `kerasSection` wrote into a page; empty where there is none. */
export function kerasSectionIn(markdown: string): string {
  const start = markdown.indexOf(heading);
  if (start < 0) return "";
  const end = markdown.indexOf("\n## ", start + heading.length);
  return end < 0 ? markdown.slice(start) : markdown.slice(start, end);
}

export function kerasSection(results: readonly KerasResult[]): string {
  const failed = results.filter(({ of, errors }) => !(Math.max(...Object.values(errors)) <= toleranceOf(of)));
  const lines = results.map(({ of, file, errors }) => {
    const cells = quantities.map((name) =>
      file.includes("uint8") && name !== "output" ? "" : shown(errors[name], of),
    );
    return `| ${[`${of.name}/${file}`, ...cells].join(" | ")} |`;
  });
  return `${heading}
Each row is a model file; the numbers are the worst differences from Keras 3.15.1 on TensorFlow 2.21.0, over two classes and both images, relative to the largest magnitude in the array. ${failed.length === 0 ? `**All ${results.length} pass.**` : `**${failed.length} of ${results.length} fail.**`} The bar is 1e-4, or four times what Keras' own float32 differs from its float64 where that is more (marked ¹). In two cases Keras computes in half precision, and Fovea in float32 with the same weights (marked ²): there the bar is 3e-3. *raw map* is Grad-CAM after its ReLU, at the layer's size. Of weights in 8 bits Keras computed the output only.

| file | ${quantities.join(" | ")} |
|---|${quantities.map(() => "--:").join("|")}|
${lines.join("\n")}
`;
}

function shown(error: number, of: KerasCase): string {
  if (error === 0) return "0";
  const mark = error <= 1e-4 ? "" : of.meta.float32_vs_float64 ? " ¹" : " ²";
  return `${error.toExponential(1)}${error <= toleranceOf(of) ? mark : " **fails**"}`;
}
