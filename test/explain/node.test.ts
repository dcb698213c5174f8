/** @file The entry `fovea` on Node: many image files through one explainer, and what importing it loads. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { displayMapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { encodePng } from "../../src/image/node.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-node-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("model.explainer(options)", () => {
  it("explains image files and bytes as they come, and goes on after one that cannot be read", async () => {
    const pixels = (n: number) => Uint8Array.from({ length: 20 * 30 }, (_, i) => (i * (n + 3)) % 256);
    const png = async (n: number) => encodePng({ width: 20, height: 30, channels: 1, pixels: pixels(n) });
    const path = join(folder, "one.png");
    writeFileSync(path, await png(1));
    const model = await loadModel(undefined, { runtime });
    const explainer = await model.explainer({ layer: "auto" });
    expect(explainer.model).toBe(model);
    const sources = [path, join(folder, "gone.png"), await png(2)];
    const results = [];
    for await (const result of explainer.explainAll(sources, { classes: [3] })) results.push(result);
    await explainer.close();
    expect(results.map(({ source }) => source)).toEqual(sources);
    expect(results[1]?.error?.code).toBe("not-found");
    for (const [i, { image, explanation }] of results.entries()) {
      if (i === 1 || image === undefined || explanation === undefined) continue;
      const { picture, box } = image;
      expect([picture.width, picture.height, explanation.classes]).toEqual([20, 30, [[3]]]);
      const map = displayMapOf(explanation, 0, 0, { width: picture.width, height: picture.height, box });
      expect([map.width, map.height]).toEqual([20, 30]);
      const { input } = await model.readImage(sources[i] as string);
      expect(input.data).toEqual(image.input.data);
    }
    expect(results[2]?.explanation).toBeDefined();
  });
});

describe("explainer.explainAll(sources, { signal, progress })", () => {
  it("tells the runs of a method of many, and rejects between two of them with the signal's reason", async () => {
    const explainer = await (await loadModel(undefined, { runtime })).explainer({ method: "rise", samples: 20_000 });
    const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i * 7) % 256);
    const digit = await encodePng({ width: 28, height: 28, channels: 1, pixels });
    const stop = new AbortController();
    const reason = new Error("enough");
    let told = 0;
    const progress = (done: number, total: number) => {
      expect([done > 0, total]).toEqual([true, 20_000]);
      if (++told > 1) return;
      stop.abort(reason);
    };
    const all = explainer.explainAll([digit, digit], { batch: 1, progress, signal: stop.signal });
    await expect(all.next()).rejects.toBe(reason);
    expect(told).toBe(1);
    await explainer.close();
  });
});

describe("importing the package", () => {
  const entry = JSON.stringify(new URL("../../src/doors/node.ts", import.meta.url).href);

  /** Whether modules whose URLs hold the given parts are loaded after each step of a program. */
  function loads(steps: readonly string[], parts: readonly string[]): boolean[][] {
    const list = join(folder, "loaded");
    writeFileSync(list, "");
    const hook = `import { appendFileSync } from "node:fs";
      export async function load(url, context, next) {
        appendFileSync(${JSON.stringify(list)}, url + "\\n");
        return next(url, context);
      }`;
    const url = `data:text/javascript,${encodeURIComponent(hook)}`;
    const code = `import { register } from "node:module";
      register(${JSON.stringify(url)});
      await import(${JSON.stringify(import.meta.resolve("tsx"))});
      const { copyFileSync } = await import("node:fs");
      ${steps.map((step, i) => `${step}\ncopyFileSync(${JSON.stringify(list)}, ${JSON.stringify(`${list}-${i}`)});`).join("\n")}`;
    const child = spawnSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
    expect([child.status, child.stderr]).toEqual([0, ""]);
    return steps.map((_, i) => {
      const urls = readFileSync(`${list}-${i}`, "utf8").split("\n");
      return parts.map((part) => urls.some((each) => each.includes(part)));
    });
  }

  it.runIf(everything)(
    "loads neither sharp nor onnxruntime nor fonts nor the command line before they are needed",
    () => {
      const late = ["/node_modules/sharp/", "/node_modules/onnxruntime-node/"];
      const never = ["/node_modules/opentype.js/", "/node_modules/commander/", "/src/cli/"];
      const parts = ["/src/explain/explainer.ts", ...late, ...never];
      const use = `const { loadModel } = await import(${entry});
      await (await loadModel()).readImage(${JSON.stringify(join(folder, "one.png"))});`;
      expect(loads([`await import(${entry});`, use], parts)).toEqual([
        [true, false, false, false, false, false],
        [true, true, true, false, false, false],
      ]);
    },
  );
});
