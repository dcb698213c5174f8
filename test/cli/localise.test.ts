/** @file `fovea localise` on pictures whose maps are known: a network that scores colours looks at the pixels of that colour. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../src/image/node.js";
import { withModelCard } from "../../src/model/card.js";
import { Builder } from "../../src/onnx/builder.js";
import { writeModel } from "../../src/onnx/write.js";
import { testFolder } from "../data/photos/folder.js";
import { fovea } from "./fovea.js";

const folder = testFolder();
afterAll(() => folder.remove());

/** Scores: the means of the red, the green and the blue channel. Its map of a class is that channel. */
function colourModel(classes: readonly string[]): Uint8Array {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, 8, 8]);
  op.output(op.Flatten(op.GlobalAveragePool(op.named("features", op.Relu(x)))), "y");
  const preprocessing = { width: 8, height: 8, channels: 3, scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  return writeModel(withModelCard(op.graph, { preprocessing, classes }));
}

/** 8 by 8, black, with a square of 4 by 4 in a colour: 0 red, 1 green, 2 blue. */
function square(channel: number, [left, top]: readonly [number, number]): Promise<Uint8Array> {
  const pixels = new Uint8Array(8 * 8 * 3);
  for (let y = top; y < top + 4; y++) for (let x = left; x < left + 4; x++) pixels[(y * 8 + x) * 3 + channel] = 200;
  return encodePng({ width: 8, height: 8, channels: 3, pixels });
}

const boxes = [
  { file: "corner.png", label: "scarlet", boxes: [[0, 0, 4, 4]] },
  { file: "missed.png", label: "scarlet", boxes: [[4, 4, 8, 8]] },
  { file: "middle.png", label: "green", boxes: [[2, 2, 6, 6]] },
  { file: "black.png", label: "green", boxes: [[0, 0, 8, 4]] },
  { file: "free.png", label: "green" },
  { file: "odd.png", label: "mauve", boxes: [[0, 0, 4, 4]] },
];

beforeAll(async () => {
  await folder.write({
    "colours.onnx": colourModel(["red, scarlet", "Green", "blue"]),
    "p/corner.png": await square(0, [0, 0]),
    "p/missed.png": await square(0, [0, 0]),
    "p/middle.png": await square(1, [2, 2]),
    "p/black.png": await square(2, [0, 0]),
    "p/free.png": await square(1, [0, 0]),
    "p/odd.png": await square(2, [0, 0]),
    "p/boxes.json": JSON.stringify(boxes),
    "mauve/odd.png": await square(2, [0, 0]),
    "mauve/free.png": await square(1, [0, 0]),
    "mauve/boxes.json": JSON.stringify(boxes.slice(4)),
    "broken/1.png": "no picture",
    "broken/2.png": await square(1, [2, 2]),
    "broken/3.png": await square(0, [0, 0]),
    "broken/boxes.csv":
      "path,label,xmin,ymin,xmax,ymax\n1.png,green,0,0,4,4\n2.png,green,2,2,6,6\n3.png,red,0,0,4,4\n3.png,red,4,4,8,8\n",
  });
});

const run = (...args: string[]) => fovea(folder.path, ["localise", "colours.onnx", ...args, "--split", "all"]);

describe("fovea localise MODEL PHOTOS", () => {
  it("prints both measures by class beside the baselines, and what was left out", async () => {
    const { code, out, err } = await run("p");
    expect(code).toBe(0);
    expect(out).toContain("grad-cam at layer features (3x8x8)\non 4 photos with boxes of p: 6 photos of 3 classes");
    // Class, photos, and three shares with their intervals; the pointing game's rows come first.
    const shares = (name: string) =>
      [...out.matchAll(new RegExp(`^${name} +(\\d.*)$`, "gm"))].map(([, row = ""]) => {
        const [photos, ...cells] = row.split(/ {2,}/);
        return [Number(photos), ...[0, 2, 4].map((i) => cells[i])];
      });
    // By hand: of the four pixels around the centre one lies in each corner box, all in the middle one, two in the upper half.
    expect(shares("scarlet")[0]).toEqual([2, "50.0 %", "25.0 %", "25.0 %"]);
    expect(shares("green")[0]).toEqual([2, "50.0 %", "75.0 %", "37.5 %"]);
    expect(shares("all")[0]).toEqual([4, "50.0 %", "50.0 %", "31.3 %"]);
    // By hand: 0.7189 of a Gaussian at 0.25, 0.75, 1.25 and 1.75 deviations lies at the inner two; (0.7189² + ½) / 2.
    expect(shares("green")[1]).toEqual([2, "50.0 %", "50.8 %", "37.5 %"]);
    expect(out).toContain("\n1 of 4 maps are blank: they count as finding nothing\n");
    expect(err).toContain("1 photos left out: they have no box\n");
    expect(err).toContain('photos of mauve left out: the model has no class of that name (--group "mauve=..."');
  });

  it("gives the same as JSON, and as a line for each photo with the summary as the last", async () => {
    const whole = JSON.parse((await run("p", "--json", "--group", "mauve=blue", "--batch", "2")).out);
    expect(whole.overall).toMatchObject({ photos: 5, blank: 1, pointing: { map: { value: 3 / 5 } } });
    expect(whole.classes.map(({ name }: { name: string }) => name)).toEqual(["green", "mauve", "scarlet"]);
    const corner = whole.photos.find(({ path }: { path: string }) => path === "p/corner.png");
    expect(corner).toMatchObject({
      label: "scarlet",
      explained: "red, scarlet",
      predicted: "red, scarlet",
      blank: false,
    });
    expect(corner.pointing).toEqual({ map: 1, centre: 0.25, random: 0.25 });
    expect(corner.energy).toMatchObject({ map: 1, random: 0.25 });
    const lines = (await run("p", "--jsonl", "--group", "mauve=2")).out.trim().split("\n");
    expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual(whole.photos);
    const { photos: _, ...summary } = whole;
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ summary });
  });

  it("forgives by the tolerance", async () => {
    // By hand: of the square's 16 pixels, all equally hot, three are within 1.6 pixels of the box: at √½ and twice √2.5.
    const { overall } = JSON.parse((await run("p", "--json", "--tolerance", "1.6")).out);
    expect(overall.pointing.map.value).toBeCloseTo((1 + 3 / 16 + 1 + 0) / 4, 12);
    expect(overall.energy.map.value).toBeCloseTo(0.5, 12);
  });

  it("lists photos that cannot be read and exits with 1", async () => {
    const { code, out, err } = await run("broken", "--json");
    expect(code).toBe(1);
    const { overall, skipped } = JSON.parse(out);
    expect(overall).toMatchObject({ photos: 2, energy: { map: { value: 1 }, random: { value: (16 + 32) / 128 } } });
    expect(skipped).toEqual([{ path: "broken/1.png", reason: expect.stringContaining("image: expected a JPEG") }]);
    expect(err).toContain("fovea: 1 of 3 photos skipped\n");
  });

  it.each<[string, string[], RegExp]>([
    [
      "no photo of a class of the model",
      ["mauve"],
      /expected photos with boxes of the model's classes, got photos of mauve/,
    ],
    ["a class that is none of the photos'", ["p", "--group", "purple=blue"], /unknown class "purple": expected one of/],
    ["half a class", ["p", "--group", "mauve"], /--group: expected NAME=CLASSES, .* got "mauve"/],
    ["a negative tolerance", ["p", "--tolerance", "-1"], /--tolerance: expected a number from 0 to 100000, got "-1"/],
  ])("refuses %s", async (_, args, sentence) => {
    const { code, out, err } = await run(...args);
    expect(err.trim()).toMatch(sentence);
    expect([code, out, err.trim().split("\n").length]).toEqual([2, "", 1]);
  });
});
