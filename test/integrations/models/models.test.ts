/** @file Every example of the pages in docs/models runs, and Fovea answers as the framework does. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { workFolder } from "../../cli/fovea.js";
import { missing, named, root, runPython } from "../python.js";
import { drawShape } from "../subject.js";

const torch = ["torch", "onnxscript", "numpy", "PIL"];

/** The pages by name, what Python needs for each, and how many comparisons it makes at least. */
const pages: Readonly<Record<string, { readonly needs: readonly string[]; readonly comparisons: number }>> = {
  index: { needs: ["numpy", "PIL"], comparisons: 1 },
  pytorch: { needs: [...torch, "torchvision"], comparisons: 5 },
  keras: { needs: ["keras", "tensorflow", "tf2onnx", "PIL"], comparisons: 4 },
  tensorflow: { needs: ["tensorflow", "tf2onnx", "PIL"], comparisons: 4 },
  "hugging-face": { needs: [...torch, "transformers"], comparisons: 2 },
  ultralytics: { needs: ["numpy", "onnxruntime", "PIL"], comparisons: 1 },
  timm: { needs: [...torch, "timm"], comparisons: 2 },
  preprocessing: { needs: [...torch, "onnxruntime"], comparisons: 7 },
};

const scripts = join(root, "test/integrations/models");

describe("the pages on models of others", () => {
  it("are all run, where they have examples in Python", () => {
    const files = readdirSync(join(root, "docs/models"));
    const inPython = files.filter((file) =>
      readFileSync(join(root, "docs/models", file), "utf8").includes("```python"),
    );
    expect(inPython.length).toBeGreaterThan(4);
    expect(Object.keys(pages)).toEqual(expect.arrayContaining(inPython.map((file) => basename(file, ".md"))));
  });

  for (const [page, { needs, comparisons }] of Object.entries(pages)) {
    const lacks = missing(...needs);
    it.skipIf(lacks)(named(`docs/models/${page}.md: Fovea answers as the framework`, lacks), async () => {
      const script = join(scripts, `on_${page.replace("-", "_")}.py`);
      const folder = workFolder();
      if (page === "index") await drawShape(join(folder, "photo.png"));
      const printed = await runPython(script, [join(root, "models")], folder);
      expect(printed.match(/^agrees: /gm) ?? []).toSatisfy((lines: string[]) => lines.length >= comparisons, printed);
    });
  }
});
