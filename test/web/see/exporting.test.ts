/** @file The page's figures show what the page does: only the hottest part, contours, the scale, and a picture to share. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import { loadModel } from "../../../src/explain/node.js";
import { decodeImage, rasterize } from "../../../src/image/node.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import type { ExplanationView } from "../../../web/src/engine/api.js";
import { Explainers, explainPicture } from "../../../web/src/see/engine/explaining.js";
import type { Appearance, ExportKind } from "../../../web/src/see/engine/export-api.js";
import { exportExplanation } from "../../../web/src/see/engine/exporting.js";
import { runtime } from "../../support/runtime.js";

const { pixels } = drawDigits({ seed: 7, train: 0, test: 1 }).test;
const picture: Picture = { width: 28, height: 28, channels: 1, pixels: pixels.slice(0, 784) };

describe("exportExplanation(kind, request, context)", () => {
  let explainers: Explainers;
  let model: LoadedModel;
  let explanation: ExplanationView;

  beforeAll(async () => {
    model = await loadModel(undefined, { runtime });
    const request = { picture: 0, method: "grad-cam", layer: "auto", classes: ["predicted"] } as const;
    explainers = new Explainers(model);
    const context = { model, explainers, signal: new AbortController().signal };
    explanation = await explainPicture(picture, request, context);
  });

  afterAll(() => explainers.close());

  async function exported(kind: ExportKind, shown?: Appearance): Promise<string> {
    const request = { explanation, colormap: "inferno", signed: false, ...(shown ? { shown } : {}) } as const;
    const context = { model, name: "mnist", image: "digit", picture };
    return (await exportExplanation(kind, request, context)).text();
  }

  /** The share of the heat map's panel that is not black. */
  async function lit(svg: string): Promise<number> {
    const { pixels, width, channels } = await decodeImage(await rasterize(svg, "png", { scale: 1 }));
    const [, x, y] = /<image x="(\d+)" y="([\d.]+)" width="280"[^>]*aria-label="Heat map/.exec(svg) ?? [];
    let count = 0;
    for (let dy = 2; dy < 278; dy++)
      for (let dx = 2; dx < 278; dx++) {
        const at = ((Math.round(Number(y)) + dy) * width + Number(x) + dx) * channels;
        if ((pixels[at] as number) + (pixels[at + 1] as number) + (pixels[at + 2] as number) > 24) count++;
      }
    return count / 276 ** 2;
  }

  it("shows the hottest part alone where the page does, and says so", async () => {
    const [all, part] = [await exported("svg"), await exported("svg", { top: 20 })];
    expect(await lit(all)).toBeGreaterThan(0.5);
    expect(Math.abs((await lit(part)) - 0.2)).toBeLessThan(0.02);
    expect(part).toMatch(/aria-label="Grad-CAM at [^"]*, hottest 20 %"/);
    expect(all).not.toContain("hottest");
  });

  it("draws three contours on the overlay where the page does", async () => {
    expect((await exported("svg", { contours: true })).match(/stroke-opacity="0.7"/g)).toHaveLength(3);
    expect(await exported("svg")).not.toContain('stroke-opacity="0.7"');
  });

  it("ends the scale where the page's ends", async () => {
    expect(await exported("svg", { peak: 4.5 })).toContain('aria-label="4.5"');
    expect(await exported("svg")).not.toContain('aria-label="4.5"');
  });

  it("writes a picture to share with the class and the method", async () => {
    const svg = await exported("share");
    expect(svg).toContain('width="1200" height="630"');
    expect(svg).toMatch(/aria-label="\d,\u00a0?[^"]*%"/);
    expect(svg).toContain('aria-label="Grad-CAM of mnist"');
  });
});
