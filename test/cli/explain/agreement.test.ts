/** @file `fovea explain` says how far three families of methods agree: by default where that is cheap, else when asked. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { drawTwoShapes } from "../../../src/data/two-shapes.js";
import { encodePng } from "../../../src/image/node.js";
import { squareDetector } from "../../support/detection/square-detector.js";
import { everything } from "../../support/share.js";
import { fovea, workFolder } from "../fovea.js";

const folder = workFolder();
const model = fileURLToPath(new URL("../../../models/shapes.onnx", import.meta.url));
const ring = "ring.png";

beforeAll(async () => {
  const { pixels, labels, width, height } = drawTwoShapes({ test: 12, seed: 5 }).test;
  // The first image in which a ring is one of both.
  const i = labels.indexOf(3);
  const own = pixels.slice(i * width * height, (i + 1) * width * height);
  const bytes = await encodePng({ width, height, channels: 1, pixels: own });
  for (const name of [ring, "other.png"]) writeFileSync(join(folder, name), bytes);
});

const explain = (...args: string[]) => fovea(folder, ["explain", model, ...args]);

describe("fovea explain", () => {
  it("says by default of one picture and a small network that families agree, what that cost, and with which numbers", async () => {
    const { out, err } = await explain(ring, "--class", "ring");
    expect(err).toBe("");
    expect(out).toMatch(
      /map of ring: three families of methods agree: rank correlation 0\.\d\d to 0\.\d\d, hottest fifth shared [\d.]+ to [\d.]+, by chance 0\.20 \(about 75 inferences\)/,
    );
    expect(out).not.toContain("do not rest on one map");
  });

  it("says that the map of a method that never asks for the class agrees with none for a class that is not there, and what to do", async () => {
    const { out } = await explain(ring, "--class", "triangle", "--method", "random-cam");
    expect(out).toContain("this map, Random CAM");
    expect(out).toMatch(/do not rest on one map: .*--method all.*--trust/);
  });

  it("gives the numbers to programs, without the maps", async () => {
    const { out } = await explain(ring, "--class", "ring", "--json");
    const [{ families }] = JSON.parse(out).results[0].classes;
    expect(families).toMatchObject({
      verdict: "agree",
      methods: [
        { family: "cam", method: "hires-cam" },
        { family: "pixels", method: "integrated-gradients" },
        { family: "perturbation", method: "occlusion" },
      ],
      silent: [],
      shown: { method: "grad-cam" },
      inferences: 75,
    });
    expect(families.pairs).toHaveLength(3);
    expect(families.pairs[0]).toMatchObject({ methods: ["hires-cam", "integrated-gradients"], agrees: true });
    expect(out).not.toContain("grid");
  });

  it.runIf(everything)("says nothing with --no-agreement, and of several pictures unless it is asked", async () => {
    expect((await explain(ring, "--no-agreement")).out).not.toContain("families of methods");
    const several = [ring, "other.png", "--out", "maps"];
    expect((await explain(...several)).out).not.toContain("families of methods");
    const { out } = await explain(...several, "--agreement", "--class", "ring");
    expect(out.match(/three families of methods agree/g)).toHaveLength(2);
  });

  it("refuses --agreement where there is nothing to compare", async () => {
    expect((await explain(ring, "--agreement", "--method", "all")).err).toBe(
      "fovea: --agreement: expected one method, got --method all\n",
    );
    expect(await explain(ring, "--agreement", "--components")).toMatchObject({
      code: 2,
      err: "fovea: --components: expected no --agreement: components of a layer are those of no score\n",
    });
    writeFileSync(join(folder, "boxes.onnx"), squareDetector());
    const { code, err } = await fovea(folder, ["explain", "boxes.onnx", ring, "--task", "detection", "--agreement"]);
    expect(code).toBe(2);
    expect(err).toMatch(/--agreement: expected none with boxes/);
  });
});
