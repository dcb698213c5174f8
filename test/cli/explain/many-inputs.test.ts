/** @file `fovea explain` over folders, patterns and many files: where results go, and how failures end. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type OutputOptions, planOutputs } from "../../../src/cli/explain/output-paths.js";
import { findInputs } from "../../../src/data/find-inputs.js";
import { decodeImage, encodePng } from "../../../src/image/node.js";
import { fillInputFolder, imagesInFolder } from "../../support/input-folder.js";
import { everything } from "../../support/share.js";
import { fovea, start, workFolder } from "../fovea.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7919) % 256);
  const png = await encodePng({ width: 40, height: 30, channels: 3, pixels });
  fillInputFolder(folder, png);
  mkdirSync(at("many"));
  for (let i = 0; i < 400; i++) writeFileSync(at("many", `${i}.png`), png);
});

describe("planOutputs(inputs, options)", () => {
  async function planned(given: readonly string[], options: Partial<OutputOptions> = {}) {
    const inputs = await findInputs(given.map((name) => at(name)));
    const { kinds = ["figure"], classes = ["predicted"], out, format } = options;
    const outputs = planOutputs(inputs, { kinds, classes, out, format });
    return inputs.inputs.flatMap((input) => kinds.map((kind) => outputs.path(input, kind)));
  }

  it("puts the result of a named file beside it, or where it is told", async () => {
    expect(await planned(["photos/a10.png"])).toEqual([at("photos/a10.fovea.png")]);
    expect(await planned(["photos/a10.png"], { out: "map.jpeg" })).toEqual(["map.jpeg"]);
    expect(await planned(["photos/a10.png"], { out: at("empty") })).toEqual([at("empty/a10.fovea.png")]);
    expect(await planned(["photos/a10.png"], { out: "o.webp", kinds: ["overlay", "raw"] })).toEqual([
      "o.overlay.webp",
      "o.npy",
    ]);
  });

  it("mirrors folders, and lets inputs of one name share no file", async () => {
    expect(await planned(["photos"])).toEqual([
      "fovea-maps/a9.fovea.png",
      "fovea-maps/a10.fovea.png",
      "fovea-maps/broken.fovea.png",
      "fovea-maps/cats/x.fovea.png",
      "fovea-maps/dogs/old/unnamed.fovea.png",
      "fovea-maps/dogs/x.jpg.fovea.png",
      "fovea-maps/dogs/x.png.fovea.png",
      "fovea-maps/x[1].fovea.png",
    ]);
    const both = ["photos/cats/x.png", "photos/dogs/x.png"];
    expect(await planned(both, { out: "maps" })).toEqual(["maps/cats/x.fovea.png", "maps/dogs/x.fovea.png"]);
    expect(await planned(both)).toEqual([at("photos/cats/x.fovea.png"), at("photos/dogs/x.fovea.png")]);
  });

  it("tells overlays of several classes apart by what the user calls them", async () => {
    const inputs = await findInputs([at("photos/a10.png")]);
    const options = {
      kinds: ["overlay"],
      classes: ["tabby, tabby cat", "3"],
      out: "o.png",
      format: undefined,
    } as const;
    const outputs = planOutputs(inputs, options);
    const paths = options.classes.map((label) => outputs.path(inputs.inputs[0] as never, "overlay", label));
    expect(paths).toEqual(["o.tabby-tabby-cat.png", "o.3.png"]);
  });

  it.each<[Partial<OutputOptions>, RegExp]>([
    [{ out: "map.gif" }, /^--out map\.gif: expected png, jpg, webp or svg for figure, got "gif"$/],
    [{ format: "svg", kinds: ["overlay"] }, /^--format svg: expected png, jpg or webp for overlay, got "svg"$/],
    [{ out: "map.png", format: "jpg" }, /^--format jpg: expected the format of --out, png$/],
    [{ out: at("photos/a10.png") }, /: expected another file than the input$/],
  ])("refuses %j", async (options, sentence) => {
    await expect(planned(["photos/a10.png"], options)).rejects.toThrow(sentence);
  });
});

describe("fovea explain FOLDER", () => {
  it("does the good ones, lists the bad ones in the end and exits with 1", async () => {
    const { code, out, err } = await fovea(folder, ["explain", "photos", "--overlay", "--batch", "3"]);
    expect(code).toBe(1);
    expect(err.trim().split("\n")).toEqual([
      expect.stringMatching(/^fovea: photos\/broken\.jpg: image: expected a JPEG/),
      "fovea: 1 of 8 inputs failed",
    ]);
    const lines = out.split("\n").filter((line) => line.includes(" -> "));
    const good = imagesInFolder.filter((path) => !path.includes("broken"));
    expect(lines.map((line) => line.split(":")[0])).toEqual(good);
    const overlay = await decodeImage(readFileSync(at("fovea-maps/cats/x.fovea.overlay.png")));
    expect([overlay.width, overlay.height]).toEqual([40, 30]);
  });

  it("leaves out what is done, and prints a line of JSON for each picture", async () => {
    const before = statSync(at("fovea-maps/a10.fovea.overlay.png")).mtimeMs;
    writeFileSync(at("photos/new.png"), readFileSync(at("photos/a10.png")));
    const args = ["explain", "photos", "--overlay", "--skip-existing", "--jsonl"];
    const { out, err } = await fovea(folder, args);
    expect(err).toContain("7 of 9 inputs left out: their results are there");
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { input: "photos/broken.jpg", error: expect.stringContaining("photos/broken.jpg: image") },
      expect.objectContaining({ input: "photos/new.png", written: "fovea-maps/new.fovea.overlay.png" }),
    ]);
    expect(statSync(at("fovea-maps/a10.fovea.overlay.png")).mtimeMs).toBe(before);
  });

  it.runIf(everything)("leaves whole files alone when it is interrupted", async () => {
    const { child, done } = start(folder, ["explain", "many", "--out", "maps"]);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, err } = await done;
    expect([code, err]).toEqual([130, expect.stringMatching(/^fovea: stopped after \d+ of 400 inputs\n$/)]);
    const written = readdirSync(at("maps"));
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(400);
    for (const name of written) {
      expect(name).toMatch(/^\d+\.fovea\.png$/);
      await decodeImage(at("maps", name));
    }
  });
});
