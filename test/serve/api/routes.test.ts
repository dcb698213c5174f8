/** @file Every route of the server: what it answers, and that it computes what the library does. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readNpy } from "../../../src/data/npy.js";
import type { ImageExplainer } from "../../../src/explain/loaded-model.js";
import { loadModel, shapesModelPath } from "../../../src/explain/node.js";
import { encodePicture } from "../../../src/image/node.js";
import { floats } from "../../../src/onnx/tensor.js";
import { fovea, workFolder } from "../../cli/fovea.js";
import { runtime } from "../../support/runtime.js";
import { required } from "./required-fields.js";
import { base64, instancesOf, serving, type TestServer } from "./serve.js";
import { shapeFiles } from "./shapes.js";

let server: TestServer;
let explainer: ImageExplainer;
let files: Uint8Array[];

beforeAll(async () => {
  files = await shapeFiles(3);
  [server, explainer] = await Promise.all([
    serving(),
    loadModel(shapesModelPath, { runtime }).then((model) => model.explainer()),
  ]);
  return () => explainer.close();
});

const explain = (instances: unknown, parameters: object = {}) =>
  server.ask("/v1/models/shapes:explain", { body: { instances, parameters } });
const infer = (body: object, headers = {}) => server.ask("/v2/models/shapes/infer", { body, headers });
const imagesOf = (...images: readonly Uint8Array[]) => [
  { name: "image", shape: [images.length], datatype: "BYTES", data: images.map(base64) },
];

/** The numbers of the library for the first files. */
async function expected(count: number) {
  return Promise.all(
    files.slice(0, count).map(async (file) => {
      const { input, box } = await explainer.model.readImage(file);
      return { input, box, image: (await explainer.explain(input)).at(0) };
    }),
  );
}

describe("the Open Inference Protocol", () => {
  it.each(["/v2", "/v2/", "/v2/health/live", "/v2/health/ready"])("answers %s", async (path) => {
    const { status, body } = await server.ask(path);
    expect(status).toBe(200);
    required(path.replace(/\/$/, ""), body);
  });

  it.each(["/v2/models/shapes", "/v2/models/shapes/versions/1"])("describes the model at %s", async (path) => {
    const { status, body } = await server.ask(path);
    expect(status).toBe(200);
    required("model", body);
    expect(body).toMatchObject({
      ...{ name: "shapes", versions: ["1"], platform: "onnx_onnxv1" },
      inputs: [
        { datatype: "FP32", shape: [-1, 1, 42, 42] },
        { name: "image", datatype: "BYTES", shape: [-1] },
      ],
      outputs: [
        { name: "scores", datatype: "FP32", shape: [-1, 4] },
        { name: "probabilities", datatype: "FP32", shape: [-1, 4] },
        { name: "classes", datatype: "BYTES", shape: [-1] },
      ],
      properties: { preprocessing: "stored with the model", classes: "stored with the model" },
    });
    expect((await server.ask(`${path}/ready`)).body).toEqual({ name: "shapes", ready: true });
  });

  it("gives an image file's scores, probabilities and class, and the id", async () => {
    const { status, body } = await infer({ id: "a-7", inputs: imagesOf(...files) });
    expect(status).toBe(200);
    required("inference", body);
    const all = await expected(3);
    expect(body).toMatchObject({ model_name: "shapes", model_version: "1", id: "a-7" });
    const [scores, probabilities, classes] = body.outputs;
    expect(scores).toMatchObject({ name: "scores", datatype: "FP32", shape: [3, 4] });
    for (const [i, { image }] of all.entries()) {
      for (const [c, score] of image.scores.entries()) expect(scores.data[4 * i + c]).toBeCloseTo(score, 4);
      for (const [c, share] of image.probabilities.entries())
        expect(probabilities.data[4 * i + c]).toBeCloseTo(share, 5);
    }
    expect(classes.data).toEqual(all.map(({ image }) => image.predicted.label));
  });

  it("gives the same for the model's own input, as JSON, nested, and as bytes both ways", async () => {
    const [{ input }] = (await expected(1)) as [Awaited<ReturnType<typeof expected>>[number]];
    const { body } = await server.ask("/v2/models/shapes");
    const own = { name: body.inputs[0].name, shape: input.dims, datatype: "FP32" };
    const values = [...floats(input)];
    const outputs = [{ name: "scores" }];
    const flat = await infer({ inputs: [{ ...own, data: values }], outputs });
    const rows = [[Array.from({ length: 42 }, (_, y) => values.slice(42 * y, 42 * (y + 1)))]];
    expect((await infer({ inputs: [{ ...own, data: rows }], outputs })).body).toEqual(flat.body);
    const binary = Buffer.from(input.bytes);
    const parameters = { binary_data_size: binary.length };
    const json = Buffer.from(
      JSON.stringify({
        inputs: [{ ...own, parameters }],
        outputs: [{ name: "scores", parameters: { binary_data: true } }],
      }),
    );
    const asBytes = await server.ask("/v2/models/shapes/infer", {
      headers: { "Content-Type": "application/octet-stream", "Inference-Header-Content-Length": String(json.length) },
      body: Buffer.concat([json, binary]),
    });
    expect(asBytes.headers["content-type"]).toBe("application/octet-stream");
    const length = Number(asBytes.headers["inference-header-content-length"]);
    const answer = JSON.parse(asBytes.bytes.subarray(0, length).toString());
    expect(answer.outputs).toEqual([
      { name: "scores", datatype: "FP32", shape: [1, 4], parameters: { binary_data_size: 16 } },
    ]);
    const scores = Array.from({ length: 4 }, (_, i) => asBytes.bytes.readFloatLE(length + 4 * i));
    expect(scores).toEqual(flat.body.outputs[0].data);
  });

  it("takes raw image files behind their lengths", async () => {
    const [file] = files as [Uint8Array];
    const length = Buffer.alloc(4);
    length.writeUInt32LE(file.length);
    const input = { name: "image", shape: [1], datatype: "BYTES", parameters: { binary_data_size: file.length + 4 } };
    const json = Buffer.from(JSON.stringify({ inputs: [input] }));
    const { body } = await server.ask("/v2/models/shapes/infer", {
      headers: { "Content-Type": "application/octet-stream", "Inference-Header-Content-Length": String(json.length) },
      body: Buffer.concat([json, length, file]),
    });
    expect(body).toEqual((await infer({ inputs: imagesOf(file) })).body);
  });
});

describe("KServe's first protocol", () => {
  it("lists the models and says whether they are ready", async () => {
    expect((await server.ask("/v1/models")).body).toEqual({ models: ["mnist", "shapes"] });
    expect((await server.ask("/v1/models/mnist")).body).toEqual({ name: "mnist", ready: true });
  });

  it("predicts", async () => {
    const { status, body } = await server.ask("/v1/models/shapes:predict", {
      body: { instances: instancesOf(...files) },
    });
    expect(status).toBe(200);
    const all = await expected(3);
    expect(body.predictions.map((each: { label: string }) => each.label)).toEqual(
      all.map(({ image }) => image.predicted.label),
    );
    expect(body.predictions[1].scores).toHaveLength(4);
  });

  it("explains as the library does: classes, scores, and the map with its place on the image", async () => {
    const { status, body } = await explain(instancesOf(...files));
    expect(status).toBe(200);
    for (const [i, { image, box }] of (await expected(3)).entries()) {
      const { predicted, maps, image: size } = body.explanations[i];
      expect(predicted).toMatchObject({ class: image.predicted.index, label: image.predicted.label });
      const [map] = maps;
      const { width, height, values } = image.map();
      expect(map).toMatchObject({ class: image.predicted.index, width, height, box, signed: false });
      expect(size).toEqual({ width: 42, height: 42 });
      const peak = Math.max(...values);
      for (const [at, value] of values.entries()) expect(Math.abs(map.values[at] - value)).toBeLessThan(1e-5 * peak);
      expect(map.score).toBeCloseTo(image.predicted.score, 4);
    }
  });

  it("explains one class after the other, by rank, name and index, at another layer, by another method", async () => {
    const [first] = files as [Uint8Array];
    const { body } = await explain(instancesOf(first), { class: "top-2" });
    expect(body.explanations[0].maps).toHaveLength(2);
    const named = await explain(instancesOf(first), { class: ["triangle", 2], method: "hires-cam", layer: "-2" });
    expect(named.body.explanations[0]).toMatchObject({ method: "hires-cam", against: false });
    expect(named.body.explanations[0].maps.map((each: { class: number }) => each.class)[1]).toBe(2);
    const against = await explain(instancesOf(first), { against: true, signed: true });
    expect(against.body.explanations[0].against).toBe(true);
    expect(against.body.explanations[0].maps[0].signed).toBe(true);
  });

  it("explains a tensor, which has no place on an image", async () => {
    const [{ input }] = (await expected(1)) as [Awaited<ReturnType<typeof expected>>[number]];
    const values = [...floats(input)];
    const rows = [Array.from({ length: 42 }, (_, y) => values.slice(42 * y, 42 * (y + 1)))];
    const ofTensor = await explain([rows]);
    const ofFile = await explain(instancesOf(files[0] as Uint8Array));
    expect(ofTensor.body.explanations[0].maps[0].values).toEqual(ofFile.body.explanations[0].maps[0].values);
    expect(ofTensor.body.explanations[0].maps[0].box).toBeUndefined();
    expect((await explain([rows], { overlay: true })).body.error).toBe(
      "parameters.overlay: expected image files to lay maps over, got a tensor",
    );
  });

  it("gives the arrays and the overlays of fovea explain", async () => {
    const folder = workFolder();
    const photo = await encodePicture(
      { width: 60, height: 50, channels: 3, pixels: Uint8Array.from({ length: 9000 }, (_, i) => (i * i) % 251) },
      "png",
    );
    writeFileSync(join(folder, "photo.png"), photo);
    const how = ["explain", shapesModelPath, "photo.png", "--class", "triangle"];
    await fovea(folder, [...how, "--raw", "--out", "map.npy"]);
    await fovea(folder, [...how, "--overlay", "--out", "over.png"]);
    const { body } = await explain(instancesOf(photo), { class: "triangle", overlay: true });
    const [map] = body.explanations[0].maps;
    const array = readNpy(readFileSync(join(folder, "map.npy")), "map.npy");
    expect(array.dims.slice(2)).toEqual([map.height, map.width]);
    expect(map.values).toEqual([...floats(array)]);
    expect(Buffer.from(map.overlay.b64, "base64").equals(readFileSync(join(folder, "over.png")))).toBe(true);
  });
});

describe("images of many requests at the same time", () => {
  it("share runs, and have the numbers that they have alone", async () => {
    const alone = await Promise.all(files.map((file) => expectedMap(file)));
    const before = await server.metric('batch_images_count{model="shapes",kind="explain"}');
    const twelve = Array.from({ length: 12 }, (_, i) => files[i % 3] as Uint8Array);
    const replies = await Promise.all(twelve.map((file) => explain(instancesOf(file))));
    const runs = (await server.metric('batch_images_count{model="shapes",kind="explain"}')) - before;
    expect(runs).toBeLessThan(9);
    for (const [i, { status, body }] of replies.entries()) {
      expect(status).toBe(200);
      const values: number[] = body.explanations[0].maps[0].values;
      const map = alone[i % 3] as Float32Array;
      const peak = Math.max(...map);
      for (const [at, value] of map.entries()) expect(Math.abs((values[at] ?? 0) - value)).toBeLessThan(1e-5 * peak);
    }
  });
});

async function expectedMap(file: Uint8Array): Promise<Float32Array> {
  const { input } = await explainer.model.readImage(file);
  return (await explainer.explain(input)).at(0).map().values;
}

describe("what cannot be computed is told in one sentence", () => {
  const text = base64(Buffer.from("no image"));
  it.each<[string, object, number, string]>([
    ["/v2/models/nope/infer", { inputs: [] }, 404, 'model: expected one of mnist, shapes, got "nope"'],
    ["/v2/models/shapes/versions/2/infer", { inputs: [] }, 404, 'model shapes: expected version 1, got "2"'],
    ["/v1/models/nope:explain", { instances: [] }, 404, 'model: expected one of mnist, shapes, got "nope"'],
    [
      "/v1/models/shapes:forget",
      { instances: [] },
      404,
      "the request: expected a route of /openapi.json, got POST of another path",
    ],
    ["/v1/models/shapes:explain", {}, 400, "instances: expected a list, got none"],
    [
      "/v1/models/shapes:explain",
      { instances: [{ image: { b64: text } }] },
      400,
      "instances[0]: image: expected a JPEG, PNG, WebP, GIF, TIFF, AVIF or SVG file, got text that begins",
    ],
    [
      "/v2/models/shapes/infer",
      { inputs: [{ name: "image", shape: [1], datatype: "BYTES", data: [text] }] },
      400,
      "inputs[0], image 0: image: expected",
    ],
  ])("%s %#", async (path, body, status, sentence) => {
    const reply = await server.ask(path, { body });
    expect(reply.status).toBe(status);
    expect(reply.body.error).toContain(sentence);
  });

  it("for options that there are not, without the place of the file", async () => {
    const [file] = files as [Uint8Array];
    const errors = await Promise.all(
      [{ method: "magic" }, { layer: "nowhere" }, { class: "unicorn" }, { class: "top-101" }].map((each) =>
        explain(instancesOf(file), each),
      ),
    );
    expect(errors.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    const [method, layer, name, many] = errors.map(({ body }) => body.error);
    expect(method).toContain('model shapes: unknown method "magic"');
    expect(layer).toContain('unknown layer "nowhere"');
    expect(name).toContain('"unicorn"');
    expect(many).toBe("class: expected at most 100 classes, got more");
    for (const error of [method, layer, name]) expect(error).not.toContain("/");
  });

  it("for tensors that are not finite", async () => {
    const { body } = await server.ask("/v2/models/shapes");
    const binary = Buffer.alloc(4 * 42 * 42, 0xff);
    const input = {
      name: body.inputs[0].name,
      shape: [1, 1, 42, 42],
      datatype: "FP32",
      parameters: { binary_data_size: binary.length },
    };
    const json = Buffer.from(JSON.stringify({ inputs: [input] }));
    const reply = await server.ask("/v2/models/shapes/infer", {
      headers: { "Inference-Header-Content-Length": String(json.length) },
      body: Buffer.concat([json, binary]),
    });
    expect(reply.status).toBe(400);
    expect(reply.body.error).toContain("expected finite numbers, got NaN");
  });

  it("for one image among good ones of others, which get their results", async () => {
    const bad = { image: { b64: text } };
    const [good] = instancesOf(files[0] as Uint8Array);
    const replies = await Promise.all([good, bad, good, bad, good].map((each) => explain([each])));
    expect(replies.map(({ status }) => status)).toEqual([200, 400, 200, 400, 200]);
  });

  it("for bodies that are too large, of another kind, or no JSON, and images of too many pixels", async () => {
    const path = "/v1/models/shapes:explain";
    const large = await server.ask(path, { body: Buffer.alloc(4_000_001) });
    expect([large.status, large.body.error]).toEqual([
      413,
      "the body: expected at most 4000000 bytes, got more: --max-body allows more",
    ]);
    const plain = await server.ask(path, { body: "x", headers: { "Content-Type": "text/plain" } });
    expect(plain.status).toBe(415);
    const broken = await server.ask(path, { body: '{"instances": [' });
    expect([broken.status, broken.body.error]).toEqual([400, "the body: expected JSON, got something else"]);
    const wide = await encodePicture(
      { width: 4000, height: 1001, channels: 1, pixels: new Uint8Array(4000 * 1001) },
      "png",
    );
    const reply = await explain(instancesOf(wide));
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatch(/^instances\[0\]: image: expected at most 4000000 pixels/);
    expect((await server.ask("/v1/models/%zz")).status).toBe(400);
  });
});

describe("besides", () => {
  it("the OpenAPI description has every route, and every form that it refers to", async () => {
    const { body } = await server.ask("/openapi.json");
    expect(Object.keys(body.paths)).toEqual([
      ...["/v2/health/live", "/v2/health/ready", "/v2", "/metrics"],
      ...["", "/ready", "/infer"].map((end) => `/v2/models/{model}${end}`),
      ...["", "/ready", "/infer"].map((end) => `/v2/models/{model}/versions/{version}${end}`),
      ...["/v1/models", "/v1/models/{model}", "/v1/models/{model}:predict", "/v1/models/{model}:explain"],
    ]);
    const refs = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(refs.length).toBeGreaterThan(20);
    for (const name of refs) expect(Object.keys(body.components.schemas)).toContain(name);
  });

  it("the metrics count requests by route, model and status", async () => {
    const line = 'requests_total{route="/v1/models/:model:predict",model="mnist",status="400"}';
    const before = await server.metric(line);
    await server.ask("/v1/models/mnist:predict", { body: {} });
    expect(await server.metric(line)).toBe(before + 1);
    expect(await server.metric("workers_ready")).toBe(1);
    expect(await server.metric("queue_images")).toBe(0);
  });

  it("the log has a line for each request, and nothing of images", async () => {
    const [file] = files as [Uint8Array];
    await explain(instancesOf(file), { class: "triangle" });
    await expect
      .poll(() => server.log.at(-1))
      .toMatchObject({
        ...{ level: 30, method: "POST", route: "/v1/models/:model:explain", model: "shapes", status: 200, images: 1 },
        msg: "answered",
      });
    const all = JSON.stringify(server.log);
    expect(all).not.toContain(base64(file).slice(0, 40));
    expect(all).not.toContain(base64(Buffer.from("no image")));
  });
});
