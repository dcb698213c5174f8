/** @file What the studio is given to open: every kind of model and of images, as the page gets them. */

import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../../src/data/digits/digits.js";
import { loadModel } from "../../../src/explain/node.js";
import { graphAt } from "../../../src/formats/node.js";
import { decodeImage, encodePng } from "../../../src/image/node.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import type { Resource } from "../../../src/serve/studio/content.js";
import { namesImages, serveImages } from "../../../src/serve/studio/images.js";
import { serveModel } from "../../../src/serve/studio/model.js";
import { type StudioServer, serveStudio } from "../../../src/serve/studio/server.js";
import { workFolder } from "../../cli/fovea.js";
import { convNet } from "../../explain/architectures/networks.js";
import { relativeDifference } from "../../support/goldens/goldens.js";
import { array } from "../../support/models/keras.js";
import { onnxComplaints } from "../../support/models/onnx-checker.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";
import { askInside } from "./ask.js";

const folder = workFolder();
const at = (...names: string[]) => join(folder, ...names);
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const picture = { width: 4, height: 3, channels: 3 as const, pixels: Uint8Array.from({ length: 36 }, (_, i) => 7 * i) };
const resources = new Map<string, Resource>();
let studio: StudioServer;

beforeAll(async () => {
  mkdirSync(at("page"));
  writeFileSync(at("page", "index.html"), "");
  studio = await serveStudio({ page: at("page"), resources, port: 0 });
  const png = await encodePng(picture);
  const images = [
    "set/cat/1.png",
    "set/cat/2.png",
    "set/dog/1.png",
    "set/dog/old/unnamed",
    "plain/b.png",
    "plain/a.png",
  ];
  for (const name of [...images, "plain/<b>&.png", "plain/notes.txt", "plain/c.fovea.png", "empty/notes.txt"]) {
    mkdirSync(at(name, ".."), { recursive: true });
    writeFileSync(at(name), name.endsWith(".txt") ? "no picture" : png);
  }
  writeFileSync(at("set.csv"), "path,label\nset/cat/2.png,kitten\nplain/a.png,puppy\n");
  mkdirSync(at("kinds"));
  const kinds = { jpg: "jpeg", webp: "webp", gif: "gif", avif: "avif", tif: "tiff" } as const;
  for (const [ending, format] of Object.entries(kinds)) {
    await sharp(png)
      .toFormat(format, { quality: 100 })
      .toFile(at("kinds", `p.${ending}`));
  }
  writeFileSync(
    at("kinds", "p.svg"),
    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>`,
  );
  writeFileSync(at("kinds", "jpeg.dat"), readFileSync(at("kinds", "p.jpg")));
  writeFileSync(at("kinds", "text.html"), "<script>alert(1)</script>");
  writeFileSync(at("kinds", "broken.tif"), "II*\0and no more");
});

afterAll(() => studio?.close());

const bytesAt = async (url: string) => (await askInside(studio.address, url)).body;

/** A model with its weights in a file of their own. */
function writeSplit(graph: Graph, path: string, location: string): void {
  const places = new Map<Tensor, number>();
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const tensor of graph.initializers.values()) {
    places.set(tensor, end);
    parts.push(tensor.bytes);
    end += tensor.byteLength;
  }
  writeFileSync(join(path, "..", location), Buffer.concat(parts));
  const outside = (tensor: Tensor) => ({ location, offset: places.get(tensor) as number });
  writeFileSync(path, writeModel(graph, { outside }));
}

/** With an input besides the image, and two outputs that may be scores. */
function severalModel(): Graph {
  const op = new Builder();
  const conv = op.Conv(op.input("x", "float32", ["N", 3, 16, 16]), op.constant(randomTensor([4, 3, 3, 3], "w")));
  const pooled = op.Flatten(op.GlobalAveragePool(op.layer("features", "Relu", [conv])));
  const scaled = op.Mul(pooled, op.input("temperature", "float32", [1]));
  op.output(op.MatMul(scaled, op.constant(randomTensor([4, 2], "a"))), "first");
  op.output(op.MatMul(scaled, op.constant(randomTensor([4, 3], "b"))), "second");
  op.graph.outputs = op.graph.outputs.map(({ name }, i) => ({ name, type: "float32", dims: ["N", i + 2] }));
  return op.graph;
}

describe("serveModel", () => {
  it("serves an ONNX file as its own bytes, with what stands beside it and what the user says", async () => {
    mkdirSync(at("onnx"));
    writeFileSync(at("onnx", "net.v2.onnx"), writeModel(convNet()));
    writeFileSync(at("onnx", "fovea.json"), `{"classes": ["a", "b"], "preprocessing": {"mean": [1, 2, 3]}}`);
    const labels = ["<i>", "b"];
    const model = await serveModel(at("onnx", "net.v2.onnx"), { labels }, resources);
    const given = { origin: "as given", classes: labels };
    const beside = { origin: "from fovea.json", classes: ["a", "b"], preprocessing: { mean: [1, 2, 3] } };
    expect(model).toEqual({ name: "net.v2.onnx", url: "/given/model", external: {}, beside, given });
    expect(await bytesAt(model.url)).toEqual(Buffer.from(writeModel(convNet())));
  });

  it("serves the files that it keeps weights in, by the names that it has for them", async () => {
    mkdirSync(at("split"));
    writeSplit(convNet(), at("split", "net.onnx"), "net.onnx.data");
    const model = await serveModel(at("split", "net.onnx"), {}, resources);
    expect(model).toEqual({ name: "net.onnx", url: "/given/model", external: { "net.onnx.data": "/given/model/0" } });
    const read = await bytesAt("/given/model/0");
    const graph = readModel(await bytesAt(model.url), "net", () => read);
    expect(read).toEqual(readFileSync(at("split", "net.onnx.data")));
    const whole = convNet();
    for (const [name, tensor] of graph.initializers) expect(tensor).toEqual(whole.initializers.get(name));
  });

  it("does not serve weights from outside of the model's folder", async () => {
    mkdirSync(at("astray"));
    writeSplit(convNet(), at("astray", "net.onnx"), "net.onnx.data");
    writeFileSync(at("secret"), readFileSync(at("astray", "net.onnx.data")));
    writeFileSync(at("astray", "net.onnx.data"), "");
    mkdirSync(at("linked"));
    writeFileSync(at("linked", "net.onnx"), readFileSync(at("astray", "net.onnx")));
    symlinkSync(at("secret"), at("linked", "net.onnx.data"));
    const linked = serveModel(at("linked", "net.onnx"), {}, new Map());
    await expect(linked).rejects.toThrow("expected a file in the model's folder, got a link out of it");
  });

  it.each([
    ["keras/nested_deep/model.keras", "keras/nested_deep", "input_layer_2", "dense"],
    ["keras/nested_deep/model.h5", "keras/nested_deep", "input_layer_2", "dense"],
  ])("turns %s into an ONNX file that computes the same", async (file, arrays, input, output) => {
    const model = await serveModel(fixture(file), {}, resources);
    expect(model).toEqual({ name: "model.onnx", url: "/given/model", external: {} });
    const session = await runtime.open(await bytesAt(model.url));
    const results = await session.run({ [input]: array(fixture(`${arrays}/input.npy`)) });
    await session.close();
    const expected = array(fixture(`${arrays}/output.npy`));
    expect(relativeDifference(results[output] as never, expected)).toBeLessThan(1e-4);
  });

  it("turns a TensorFlow.js model, with its shards, into one ONNX file", async () => {
    const path = fixture("tfjs/mobilenet_v2/model.json");
    const model = await serveModel(path, {}, resources);
    expect(model).toEqual({ name: "model.onnx", url: "/given/model", external: {} });
    expect(await bytesAt(model.url)).toEqual(Buffer.from(writeModel((await graphAt(path)) as Graph)));
  });

  it("settles further inputs and which of several outputs is meant, weights in other files and all", async () => {
    mkdirSync(at("several"));
    writeSplit(severalModel(), at("several", "net.onnx"), "net.onnx.data");
    const options = { inputs: { temperature: float32([1], [2]) }, output: "second" };
    const model = await serveModel(at("several", "net.onnx"), options, resources);
    expect(model).toEqual({ name: "net.onnx", url: "/given/model", external: {} });
    const bytes = await bytesAt(model.url);
    expect(onnxComplaints(bytes)).toEqual([]);
    const [served, wanted] = [
      await loadModel(bytes, { runtime }),
      await loadModel(at("several", "net.onnx"), { ...options, runtime }),
    ];
    expect(served.graph.outputs.map(({ name }) => name)).toEqual(["second"]);
    const [a, b] = await Promise.all(
      [served, wanted].map(async (each) => {
        const explainer = await each.explainer();
        const { scores, evidence } = await explainer.explain(randomTensor([1, 3, 16, 16], "x"));
        await explainer.close();
        return [[...floats(scores)], [...floats(evidence)]];
      }),
    );
    expect(a).toEqual(b);
    expect(a?.[0]?.length).toBe(3);
  });

  it.each([
    [{ output: "third" }, 'net.onnx: unknown output "third": expected one of'],
    [{ inputs: { time: float32([1], [2]) } }, 'net.onnx: unknown input "time": expected one of'],
    [{ inputs: { temperature: float32([2], [2, 2]) } }, 'input "temperature": expected float32 [1], got float32 [2]'],
  ])("refuses %j of a model that has none such", async (options, sentence) => {
    await expect(serveModel(at("several", "net.onnx"), options, new Map())).rejects.toThrow(sentence);
  });

  it.each([
    ["gone.onnx", /^.*gone\.onnx: expected a readable ONNX file: ENOENT/],
    ["set", /^.*set: expected a regular file, got a folder$/],
    ["set.csv", /^.*set\.csv: /],
    ["kinds/p.jpg", /^.*p\.jpg: /],
  ])("refuses %s in one line", async (name, sentence) => {
    const served = new Map<string, Resource>();
    const error = await serveModel(at(name), {}, served).catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: "FoveaError", message: expect.stringMatching(sentence) });
    expect(served.size).toBe(0);
  });
});

describe("serveImages", () => {
  const imagesOf = async (...given: string[]) => {
    const images = await serveImages(
      given.map((name) => at(name)),
      resources,
    );
    return images.map(({ name, url, ...more }) => ({ name, number: Number(url.split("/").at(-1)), ...more }));
  };

  it("takes the classes of a folder's images from its sub-folders", async () => {
    expect(await imagesOf("set")).toEqual([
      { name: "cat/1.png", number: 0, class: "cat" },
      { name: "cat/2.png", number: 1, class: "cat" },
      { name: "dog/1.png", number: 2, class: "dog" },
      { name: "dog/old/unnamed", number: 3, class: "dog" },
    ]);
  });

  it("takes a folder without classes, and leaves out what is no image or our own result", async () => {
    expect(await imagesOf("plain")).toEqual([
      { name: "<b>&.png", number: 0 },
      { name: "a.png", number: 1 },
      { name: "b.png", number: 2 },
    ]);
  });

  it("takes a list of photos with its classes", async () => {
    expect(await imagesOf("set.csv")).toEqual([
      { name: "set/cat/2.png", number: 0, class: "kitten" },
      { name: "plain/a.png", number: 1, class: "puppy" },
    ]);
  });

  it("takes files and patterns in their order, each once, named from the folder that holds them all", async () => {
    expect(await imagesOf("plain/b.png", "plain/*.png", "set/cat/1.png", "plain/../plain/a.png")).toEqual([
      { name: "plain/b.png", number: 0 },
      { name: "plain/<b>&.png", number: 1 },
      { name: "plain/a.png", number: 2 },
      { name: "set/cat/1.png", number: 3 },
    ]);
    expect(await imagesOf("plain/b.png")).toEqual([{ name: "b.png", number: 0 }]);
    expect(await imagesOf()).toEqual([]);
  });

  it.runIf(everything)(
    "serves files as they are where browsers show their kind, whatever they are called, and others as PNG",
    async () => {
      const kinds = ["p.jpg", "p.webp", "p.gif", "p.avif", "jpeg.dat", "p.tif", "p.svg"];
      const images = await serveImages(
        kinds.map((name) => at("kinds", name)),
        resources,
      );
      const types = await Promise.all(
        images.map(async ({ name, url }) => {
          const { headers, body } = await askInside(studio.address, url);
          const decoded = await decodeImage(body);
          expect([decoded.width, decoded.height]).toEqual([4, 3]);
          return [name, headers["content-type"], body.equals(readFileSync(at("kinds", name)))];
        }),
      );
      expect(types).toEqual([
        ["p.jpg", "image/jpeg", true],
        ["p.webp", "image/webp", true],
        ["p.gif", "image/gif", true],
        ["p.avif", "image/avif", true],
        ["jpeg.dat", "image/jpeg", true],
        ["p.tif", "image/png", false],
        ["p.svg", "image/png", false],
      ]);
      const tiff = await decodeImage(await bytesAt(images[5]?.url as string));
      expect([...tiff.pixels]).toEqual([...(await decodeImage(at("kinds", "p.tif"))).pixels]);
    },
  );

  it("says of an image that it cannot read why, when it is asked for, and serves no page in its place", async () => {
    writeFileSync(at("kinds", "page.png"), "<script>alert(1)</script>");
    const [broken, page] = await serveImages([at("kinds", "broken.tif"), at("kinds", "page.png")], resources);
    const { status, headers, body } = await askInside(studio.address, broken?.url as string);
    expect([status, headers["content-type"]]).toEqual([422, "text/plain; charset=utf-8"]);
    expect(body.toString()).toMatch(/^.*broken\.tif: image: expected a whole TIFF file, got one that is truncated/);
    const refused = await askInside(studio.address, page?.url as string);
    expect([refused.status, refused.headers["content-type"]]).toEqual([422, "text/plain; charset=utf-8"]);
    rmSync(at("kinds", "page.png"));
    expect((await askInside(studio.address, page?.url as string)).status).toBe(404);
  });

  it.runIf(everything)("serves the test images of a dataset, with their classes", async () => {
    const images = await serveImages(["digits"], resources);
    const { test, classes } = drawDigits();
    expect(images.length).toBe(test.count);
    expect(images[17]).toEqual({
      name: "digits 17",
      url: "/given/images/17",
      class: classes[test.labels[17] as number],
    });
    const { pixels, channels } = await decodeImage(await bytesAt("/given/images/17"), { grey: true });
    expect([channels, Buffer.compare(pixels, test.pixels.subarray(17 * 784, 18 * 784))]).toEqual([1, 0]);
  });

  it.each([
    ["gone.png", /^.*gone\.png: image: expected a file, got none there$/],
    ["gone/*.png", /^.*: expected images that match the pattern, found none$/],
    ["empty", /^.*empty: expected images, found none$/],
    ["kinds/text.html", /^.*text\.html: image: expected a JPEG, PNG, .*, got text that begins "<script>/],
  ])("refuses %s in one line", async (name, sentence) => {
    const error = await serveImages([at(name)], new Map()).catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: "FoveaError", message: expect.stringMatching(sentence) });
  });

  it("takes thousands of images, each under its own number", async () => {
    mkdirSync(at("many", "x"), { recursive: true });
    for (let i = 0; i < 3000; i++) linkSync(at("plain", "a.png"), at("many", "x", `${i}.png`));
    const images = await imagesOf("many");
    expect([images.length, images[2999]]).toEqual([3000, { name: "2999.png", number: 2999, class: "x" }]);
    expect(await bytesAt("/given/images/2999")).toEqual(readFileSync(at("plain", "a.png")));
  });
});

describe("namesImages", () => {
  it.each([
    ["set", true],
    ["plain/a.png", true],
    ["plain/*.png", true],
    ["set.csv", true],
    ["set/dog/old/unnamed", true],
    ["onnx/net.v2.onnx", false],
    ["gone.onnx", false],
    ["plain/notes.txt", false],
  ])("of %s is %s", async (name, expected) => {
    expect(await namesImages(at(name))).toBe(expected);
  });

  it("knows datasets by name, and a SavedModel for a model", async () => {
    mkdirSync(at("saved"));
    writeFileSync(at("saved", "saved_model.pb"), "");
    const all = ["digits", "mnist", at("saved"), "model"];
    expect(await Promise.all(all.map(namesImages))).toEqual([true, true, false, false]);
  });
});
