/** @file Commands that take a model of the hub, from a stand-in for it. */

import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadModel } from "../../src/explain/node.js";
import { knownToken } from "../support/hub/replies.js";
import { repository } from "../support/hub/repository.js";
import { type HubStandIn, startHub } from "../support/hub/stand-in.js";
import { coloured } from "../support/images/colour-photos.js";
import { twoConvolutions } from "../support/models/two-convolutions.js";
import { share } from "../support/share.js";
import { fovea, start, workFolder } from "./fovea.js";

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const fixture = (path: string) => readFileSync(fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url)));
const pets = {
  "onnx/model.onnx": twoConvolutions({ classes: ["cat", "dog"], last: "last", isBare: true }),
  "config.json": JSON.stringify({ id2label: { 0: "cat", 1: "dog" } }),
  "preprocessor_config.json": JSON.stringify({ size: 16, image_mean: [0.4, 0.4, 0.4], image_std: [1, 1, 1] }),
};
const tfjs = fileURLToPath(new URL("../fixtures/tfjs/nasnet", import.meta.url));
/** As slow to come as a model of some hundred megabytes. */
const large = readFileSync(fileURLToPath(new URL("../../models/scenes-detect.onnx", import.meta.url)));

let hub: HubStandIn;
beforeAll(async () => {
  hub = await startHub({
    "ada/pets": repository(pets),
    "ada/gated": repository(pets, "gated"),
    "ada/scenes": repository({ "model.onnx": large }),
    "ada/clip": repository({
      ...Object.fromEntries(
        ["vision_model", "text_model"].map((name) => [
          `onnx/${name}.onnx`,
          fixture(`image-text/clip-split/${name}.onnx`),
        ]),
      ),
      ...Object.fromEntries(
        ["preprocessor_config", "tokenizer", "tokenizer_config"].map((name) => [
          `${name}.json`,
          fixture(`image-text/clip-split/${name}.json`),
        ]),
      ),
    }),
    "ada/tfjs": repository(Object.fromEntries(readdirSync(tfjs).map((name) => [name, readFileSync(join(tfjs, name))]))),
    "ada/keras": repository({ "model.keras": fixture("keras/nested_deep/model.keras"), "model.safetensors": "" }),
  });
  for (const [name, rgb] of [
    ["cat", [200, 30, 30]],
    ["dog", [30, 30, 200]],
  ] as const) {
    mkdirSync(at("photos", name), { recursive: true });
    for (const i of [1, 2]) writeFileSync(at("photos", name, `${i}.png`), await coloured(rgb, [20, 20]));
  }
});
afterAll(() => hub.close());

const variables = (more: Record<string, string> = {}) => ({
  HF_ENDPOINT: hub.url,
  HF_HOME: at("hf"),
  HF_HUB_CACHE: "",
  HF_TOKEN: "",
  HF_HUB_OFFLINE: "",
  ...more,
});
const run = (args: readonly string[], more: Record<string, string> = {}) => fovea(folder, args, variables(more));

describe("a model of the hub", () => {
  it("is explained, named by itself, with the class names and the preprocessing of its repository", async () => {
    const photo = at("photos/cat/1.png");
    const { code, out, err } = await run(["explain", "hf:ada/pets", photo, "--out", at("map.png")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/: pets\n {2}preprocessing from preprocessor_config\.json\n[\s\S]* %\s+(cat|dog)\n/);
    const json = await run(["explain", photo, "--model", "hf:ada/pets", "--json", "--check", "--out", at("map.png")]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ model: "hf:ada/pets" });
    const inspected = JSON.parse((await run(["inspect", "hf:ada/pets", "--json"])).out);
    expect(inspected).toMatchObject({ classes: ["cat", "dog"], preprocessing: { width: 16, mean: [0.4, 0.4, 0.4] } });
  });

  it.each(
    share(
      [
        ["compile", ["hf:ada/pets", "--out", "explained.onnx"]],
        ["convert", ["hf:ada/keras", "converted.onnx"]],
        ["convert", ["hf:ada/tfjs", "converted-too.onnx"]],
        ["evaluate", ["hf:ada/pets", "photos", "--split", "all"]],
        ["check", ["hf:ada/pets"]],
        ["attack", ["hf:ada/pets", "photos/cat/1.png"]],
        ["calibrate", ["hf:ada/pets", "photos", "--split", "all", "--out", "calibrated.onnx"]],
        ["bench", ["hf:ada/pets", "--batch", "1", "--pairs", "3"]],
        ["trust", ["hf:ada/pets", "photos/cat/1.png"]],
        ["report", ["hf:ada/pets", "photos", "--split", "all", "--out", "report.html"]],
      ],
      3,
    ),
  )("is taken by fovea %s", async (command, args) => {
    const { code, err } = await run([command, ...args]);
    expect([code, err]).toEqual([0, expect.not.stringContaining("fovea:")]);
    if (command !== "report") return;
    // A report says with which command it is made again.
    expect(readFileSync(at("report.html"), "utf8")).toContain("fovea report hf:ada/pets photos");
  });

  it("brings its network of texts and its tokenizer along", async () => {
    const args = ["explain", "hf:ada/clip", at("photos/cat/1.png"), "--text", "a circle", "--text", "a square"];
    const { code, out, err } = await run([...args, "--out", at("text.png")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/ %\s+a (circle|square)\n/);
  });

  it("is opened by the library as well", async () => {
    for (const [name, value] of Object.entries(variables({ HF_HUB_OFFLINE: "1" }))) vi.stubEnv(name, value);
    expect((await loadModel("hf:ada/pets")).card.classes).toEqual(["cat", "dog"]);
    vi.unstubAllEnvs();
  });

  it("reaches the page of fovea studio with what its repository says, which the page need not ask for", async () => {
    const { child, done } = start(folder, ["studio", "hf:ada/pets", "--no-open", "--port", "0"], variables());
    const address = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout?.on("data", (chunk) => {
        text += chunk;
        const [, found] = /^pets\.onnx, 0 images\n.* at (http:\S+)/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const entered = await fetch(address, { redirect: "manual" });
    const cookie = entered.headers.get("set-cookie")?.split(";")[0] ?? "";
    const given = await fetch(new URL("/given.json", address), { headers: { cookie } });
    const { model } = (await given.json()) as { model: { name: string; beside: { labelFiles?: unknown } } };
    expect(model).toMatchObject({ name: "pets.onnx", beside: { preprocessing: { mean: [0.4, 0.4, 0.4] } } });
    child.kill("SIGINT");
    await done;
  });

  it("has a folder that others share: nothing is written there", async () => {
    const { code, err } = await run(["describe", "hf:ada/pets", "--preprocess", "caffe"]);
    expect([code, err]).toEqual([2, expect.stringContaining("expected a file of yours, got one of the hub's cache")]);
  });

  it("is only meant by its prefix; without it a sentence says so", async () => {
    const hint =
      "fovea: ada/pets: expected a file, got none there: a model of the Hugging Face hub is named hf:ada/pets\n";
    hub.asked();
    for (const args of [
      ["inspect", "ada/pets"],
      ["explain", "ada/pets", "photos/cat/1.png"],
      ["explain", "photos/cat/1.png", "--model", "ada/pets"],
    ])
      expect(await run(args)).toEqual({ code: 2, out: "", err: hint });
    expect(hub.asked()).toEqual([]);
  });
});

it("a download that was killed is gone on with: only the rest is asked for", async () => {
  hub.troubles.pause = 20;
  const { child, done } = start(folder, ["inspect", "hf:ada/scenes"], variables());
  const blobs = at("hf/hub/models--ada--scenes/blobs");
  const bytesThere = () => {
    const [part] = lstatSync(blobs, { throwIfNoEntry: false }) ? readdirSync(blobs) : [];
    return part === undefined ? 0 : lstatSync(join(blobs, part)).size;
  };
  while (bytesThere() < 200_000) await sleep(10);
  child.kill("SIGKILL");
  await done;
  const kept = bytesThere();
  expect(kept).toBeLessThan(large.length);
  delete hub.troubles.pause;
  hub.asked();
  const { code, err } = await run(["inspect", "hf:ada/scenes"]);
  expect([code, err]).toEqual([0, ""]);
  const [range] = hub.asked().flatMap(({ at, range }) => (at === "store" ? [range] : []));
  const [, from] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  // Before the bytes stands a line with their version.
  expect(kept - Number(from)).toBeGreaterThan(0);
  expect(kept - Number(from)).toBeLessThan(100);
  expect(readdirSync(blobs)).toHaveLength(1);
  expect(readdirSync(at("hf/hub/.locks/models--ada--scenes"))).toEqual([]);
});

it("no output tells the token, whatever happens", async () => {
  const more = { HF_TOKEN: knownToken, FOVEA_DEBUG: "1" };
  const told: string[] = [];
  const tell = async (...args: string[]) => {
    const { out, err } = await run(args, more);
    told.push(out, err);
  };
  await tell("explain", "hf:ada/gated", "photos/cat/1.png", "--out", "gated.png");
  await tell("report", "hf:ada/gated", "photos", "--split", "all", "--out", "gated.html");
  await tell("inspect", "hf:ada/gated", "--json");
  await tell("compile", "hf:ada/gated", "--out", "gated.onnx");
  await tell("inspect", "hf:ada/none");
  await tell("inspect", "hf:ada/gated:none.onnx");
  hub.troubles.status = 500;
  await tell("inspect", "hf:ada/none");
  hub.troubles.status = 200;
  await tell("inspect", "hf:ada/none");
  delete hub.troubles.status;
  expect(told[1]).toBe("");
  expect(told.join("\n")).not.toContain(knownToken);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => at(path));
  expect(paths.length).toBeGreaterThan(20);
  const telling = paths.filter((path) => lstatSync(path).isFile() && readFileSync(path).includes(knownToken));
  expect(telling).toEqual([]);
});
