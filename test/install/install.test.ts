/**
 * @file The packed package in an empty folder of a machine that has nothing but Node: installed from a registry on this machine, behind a
 * firewall, it explains a picture, and again without the registry. `npm run test:install` goes all ways, with each Node of `FOVEA_NODES`.
 */

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginProject, newPlace, type Ran } from "./place.js";
import { openRegistry, type Registry } from "./registry.js";
import { packProject } from "./tarball.js";
import { beginWay, layOut, ways } from "./ways.js";

const all = process.env.npm_lifecycle_event === "test:install";
const nodes = [process.execPath, ...(process.env.FOVEA_NODES ?? "").split(",").filter(Boolean)];
const supported = process.platform === "linux" && process.arch === "x64";

const tarball = supported ? packProject() : "";

/** A picture of the size of the command's figures, with colours in it. */
async function checkPicture(path: string): Promise<void> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(Math.min(info.width, info.height)).toBeGreaterThan(40);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 3) if (Math.abs((data[i] ?? 0) - (data[i + 2] ?? 0)) > 60) coloured++;
  expect(coloured).toBeGreaterThan(100);
}

function expectDone(ran: Ran): void {
  expect(ran.code, `${ran.out}\n${ran.err}`).toBe(0);
}

describe.runIf(supported).each(nodes)("with %s", (node) => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await openRegistry(tarball);
  });
  afterAll(() => registry?.close());

  it.each(ways.filter(({ rare }) => all || !rare).map((way) => [way.title, way] as const))(
    "%s: a picture, and another without a network",
    { timeout: 400_000 },
    async (_, way) => {
      registry.answers = true;
      const place = newPlace(node, registry.url);
      layOut(place, tarball);
      beginWay(place, way);
      for (const [command, args] of way.online) {
        const ran = await place.run(command, args, way.env);
        expectDone(ran);
        if (all && command === "npx")
          process.stdout.write(`${way.title}: ${ran.seconds.toFixed(1)} s until there is a picture\n`);
      }
      registry.answers = false;
      for (const [command, args] of way.offline) expectDone(await place.run(command, args, way.env));
      await checkPicture(join(place.folder, "map.png"));
      place.remove();
    },
  );
});

describe.runIf(supported)("behind a firewall, with install scripts", () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await openRegistry(tarball);
  });
  afterAll(() => registry?.close());

  it("npm installs all but onnxruntime-node, and the command says how to get that", { timeout: 300_000 }, async () => {
    const place = newPlace(process.execPath, registry.url);
    layOut(place, tarball);
    beginProject(place);
    expectDone(await place.run("npm", ["install", "./fovea.tgz"]));
    expect(existsSync(join(place.folder, "node_modules/onnxruntime-node"))).toBe(false);
    const ran = await place.run("npx", ["fovea", "explain", "photo.png", "--model", "model.onnx"]);
    expect([ran.code, ran.err]).toEqual([
      2,
      expect.stringContaining("run `npm install onnxruntime-node --ignore-scripts`"),
    ]);
    expectDone(await place.run("npm", ["install", "onnxruntime-node@1.30.0", "--ignore-scripts"]));
    expectDone(await place.run("npx", ["fovea", "explain", "photo.png", "--model", "model.onnx", "--out", "map.png"]));
    await checkPicture(join(place.folder, "map.png"));
    place.remove();
  });

  it("what is for pages works in Node without the native runtime, on WebAssembly", { timeout: 300_000 }, async () => {
    const place = newPlace(process.execPath, registry.url);
    layOut(place, tarball);
    beginProject(place, { type: "module" });
    expectDone(await place.run("npm", ["install", "--omit=optional", "./fovea.tgz", "onnxruntime-web@1.30.0"]));
    expect(existsSync(join(place.folder, "node_modules/onnxruntime-node"))).toBe(false);
    writeFileSync(join(place.folder, "explain.js"), explainInNode);
    const ran = await place.run("node", ["explain.js"]);
    expectDone(ran);
    expect(JSON.parse(ran.out).strongest).toBeGreaterThan(0);
    expect(JSON.parse(ran.out)).toMatchObject({ label: expect.any(String), size: [10, 10] });
    place.remove();
  });
});

/** The library of pages, given the picture's pixels. */
const explainInNode = `
import { readFileSync } from "node:fs";
import { loadModel, mapOf } from "fovea/web";
const model = await loadModel(new Uint8Array(readFileSync("model.onnx")));
const explainer = await model.explainer();
const pixels = Uint8Array.from({ length: 42 * 42 }, (_, i) => (Math.abs((i % 42) - 21) < 4 || Math.abs(i / 42 - 21) < 4 ? 255 : 0));
const { input } = await model.readImage({ width: 42, height: 42, channels: 1, pixels });
const explanation = await explainer.explain(input);
const { width, height, values } = mapOf(explanation, 0);
console.log(JSON.stringify({ label: explanation.at(0).predicted.label, size: [width, height], strongest: Math.max(...values) }));
await explainer.close();
process.exit(0);
`;
