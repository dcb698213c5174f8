/** @file Methods of many forward passes from the command line. */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { encodePng } from "../../../src/image/node.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { everything } from "../../support/share.js";
import { fovea, start, workFolder } from "../fovea.js";

const folder = workFolder();
const at = (...path: string[]) => join(folder, ...path);

beforeAll(async () => {
  for (const name of ["a", "b", "c"]) {
    const source = random(name);
    const pixels = Uint8Array.from({ length: 784 }, () => source.below(256));
    writeFileSync(at(`${name}.png`), await encodePng(createPicture(28, 28, 1, pixels)));
  }
});

it.runIf(everything)("writes a figure, and says what the channels hold that were left out", async () => {
  const args = ["explain", "a.png", "--method", "score-cam", "--top-channels", "4", "--out", "map.png"];
  const { code, out, err } = await fovea(folder, args);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/the channels that were not looked at hold \d+\.\d % of the activation \(of \d+ channels\)/);
  expect(out).toContain("Score-CAM at layer");
  expect(existsSync(at("map.png"))).toBe(true);
});

it.runIf(everything)("takes the number of samples and the seed", async () => {
  const peak = async (seed: string) => {
    const args = [
      "explain",
      "a.png",
      "--method",
      "rise",
      "--samples",
      "40",
      "--seed",
      seed,
      "--out",
      "rise.png",
      "--json",
    ];
    const { results } = JSON.parse((await fovea(folder, args)).out);
    return results[0].classes[0].peak;
  };
  expect(await peak("2")).not.toBe(await peak("1"));
});

it("refuses in one line what a method does not take", async () => {
  const { code, err } = await fovea(folder, ["explain", "a.png", "--method", "occlusion", "--top-channels", "4"]);
  expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
  expect(err).toContain("topChannels: expected none for the method occlusion, which does not run the network");
});

it.runIf(everything)(
  "stops a single image between two passes after Ctrl-C, and writes nothing",
  async () => {
    // Only on a terminal is there a bar to see how far it is.
    const terminal = { NODE_OPTIONS: "--import=data:text/javascript,process.stderr.isTTY=true" };
    const args = ["explain", "a.png", "--method", "rise", "--samples", "20000", "--out", "stopped.png"];
    const { child, done } = start(folder, args, terminal);
    child.stderr?.once("data", () => void child.kill("SIGINT"));
    const { code, out, err } = await done;
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(/RISE|rise/);
    expect(err).toMatch(/fovea: stopped after 0 of 1 inputs\n$/);
    expect(existsSync(at("stopped.png"))).toBe(false);
  },
  60_000,
);

it.runIf(everything)(
  "stops between two runs after Ctrl-C",
  async () => {
    const args = ["explain", "a.png", "b.png", "c.png", "--method", "rise", "--samples", "2500", "--batch", "1"];
    const { child, done } = start(folder, [...args, "--out", "maps"]);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    const { code, err } = await done;
    expect([code, err]).toEqual([130, expect.stringMatching(/^fovea: stopped after [12] of 3 inputs\n$/)]);
    expect(existsSync(at("maps", "a.fovea.png"))).toBe(true);
    expect(existsSync(at("maps", "c.fovea.png"))).toBe(false);
  },
  60_000,
);
