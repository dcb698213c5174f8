/** @file onnxruntime in a child process: the same numbers, and models that crash it, hang or eat memory. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { embeddedModelPath, loadModel } from "../../src/explain/node.js";
import type * as stream from "../../src/explain/stream.js";
import type * as errors from "../../src/foundation/error.js";
import type * as isolated from "../../src/model/platform/isolated-platform.js";
import { Builder } from "../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { deadly } from "../support/models/deadly.js";
import { runtime } from "../support/runtime.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** As they are built: a child process runs files of JavaScript, and its errors are of their class. */
const { createIsolatedPlatform }: typeof isolated = await import(
  join(root, "dist/model/platform/isolated-platform.js")
);
const { explainStream }: typeof stream = await import(join(root, "dist/explain/stream.js"));
const { FoveaError }: typeof errors = await import(join(root, "dist/foundation/error.js"));

const platforms: isolated.IsolatedPlatform[] = [];

function platformOf(limits: isolated.IsolatedPlatformOptions = {}): isolated.IsolatedPlatform {
  const platform = createIsolatedPlatform({ threads: 1, ...limits });
  platforms.push(platform);
  return platform;
}

afterAll(() => Promise.all(platforms.map((platform) => platform.close())));

/** The number that a deadly graph gives. */
async function yOf(results: Promise<Readonly<Record<string, Tensor>>>): Promise<number | undefined> {
  const [y] = Object.values(await results);
  return y && floats(y)[0];
}

const one = (value: number) => ({ x: float32([1], [value]) });

describe("onnxruntime in a child process", { timeout: 60_000 }, () => {
  const platform = platformOf();

  it("gives the bits that it gives in this process: scores, evidence and maps, of one image and several", async () => {
    const source = writeModel(convNet());
    const explained = async (on: typeof runtime) => {
      const model = await loadModel(source, { runtime: on });
      const explainer = await model.explainer();
      const all = [await explainer.explain(images(1)), await explainer.explain(images(3, "more"), { classes: [0, 2] })];
      await explainer.close();
      return all.map(({ scores, evidence, maps }) => [scores, evidence, maps].map(({ bytes }) => Buffer.from(bytes)));
    };
    expect(await explained(platform.runtime)).toEqual(await explained(runtime));
  });

  it("reads a model's large weights where they lie in its file", async () => {
    const digit = images(1, "digit");
    const classified = async (on: typeof runtime) => {
      const model = await loadModel(embeddedModelPath, { runtime: on });
      const classifier = model.classifier();
      const image = float32(
        [1, 1, 28, 28],
        Float32Array.from({ length: 784 }, (_, i) => floats(digit)[i % 72] as number),
      );
      const { bytes } = await classifier.classify(image);
      await classifier.close();
      return Buffer.from(bytes);
    };
    expect(await classified(platform.runtime)).toEqual(await classified(runtime));
  });

  it("fills tensors that are given for outputs, and refuses those that do not fit", async () => {
    const session = await platform.runtime.open(deadly("divide"));
    const y = float32([], [0]);
    const results = await session.run(one(2), { y });
    expect(Object.values(results)[0]).toBe(y);
    expect(floats(y)[0]).toBe(-(2 ** 62));
    await expect(session.run(one(2), { y: float32([2], [0, 0]) })).rejects.toMatchObject({ code: "shape-mismatch" });
    await expect(session.run(one(2), { z: y })).rejects.toMatchObject({ code: "unknown-name" });
    await session.close();
  });

  it("refuses what onnxruntime refuses, with its words", async () => {
    const broken = writeModel(convNet()).subarray(0, 200);
    const messages = await Promise.all(
      [runtime, platform.runtime].map((on) =>
        on.open(broken).catch((error: errors.FoveaError) => [error.code, error.message]),
      ),
    );
    expect(messages[0]).toEqual(messages[1]);
    expect(messages[0]).toMatchObject(["bad-graph", expect.stringMatching(/^onnxruntime refused the model: /)]);
  });

  it("that crashes while it runs is a sentence, and its sessions open themselves again", async () => {
    const [session, other] = [
      await platform.runtime.open(deadly("divide")),
      await platform.runtime.open(deadly("loop")),
    ];
    await session.run(one(2));
    await expect(session.run(one(-1))).rejects.toMatchObject({
      code: "crashed",
      message: "onnxruntime crashed (SIGFPE) while running the model: the file is damaged, or made to do that",
    });
    for (let i = 0; i < 2; i++) {
      expect(await yOf(session.run(one(2)))).toBe(-(2 ** 62));
      expect(await yOf(other.run(one(5)))).toBe(5);
    }
    await session.close();
    await other.close();
  });

  it("that crashes while it opens a file is a sentence", async () => {
    const op = new Builder();
    const weight = op.constant(images(1).reshape([2, 1, 6, 6]));
    op.output(op.ConvTranspose(op.input("x", "float32", [1, 2, 6, 6]), weight, { group: 0 }), "y");
    const opened = platform.runtime.open(writeModel(op.graph)).then((session) => session.run({ x: images(1) }));
    await expect(opened).rejects.toThrow(
      /^onnxruntime crashed \(SIGFPE\) while (opening|running) the model: |^onnxruntime refused/,
    );
  });

  it("that hangs is ended when its time is up", async () => {
    const session = await platformOf({ seconds: 4 }).runtime.open(deadly("loop"));
    await expect(session.run(one(1e15))).rejects.toThrow(
      /^onnxruntime was ended while running the model: expected an answer within 4 s, got none: /,
    );
    expect(await yOf(session.run(one(3)))).toBe(3);
  });

  it("that eats memory is ended, or refused it, and goes on", async () => {
    const session = await platformOf({ bytes: 4e8 }).runtime.open(deadly("hold"));
    await expect(session.run(one(3e8))).rejects.toThrow(
      /^onnxruntime was ended while running the model: expected at most 400 MB of memory, got [\d,]+ MB: /,
    );
    // Far more than the system would promise.
    await expect(session.run(one(1e11))).rejects.toThrow(/^onnxruntime (could not run the model|was ended)/);
    expect(await yOf(session.run(one(3)))).toBe(0);
  });

  it("ends with an image that it dies of, which has that as its error; the others are explained", async () => {
    const session = await platform.runtime.open(deadly("divide"));
    const explain = async (image: Tensor) => {
      for (const value of floats(image)) await session.run(one(value));
      throw new FoveaError("bad-input", "all of them ran");
    };
    const read = async (value: number) => ({ input: float32([1], [value]) });
    const messages: string[] = [];
    for await (const { error } of explainStream({ explain }, [3, -1, 5], read)) messages.push(error?.message ?? "");
    expect(messages).toEqual([
      "all of them ran",
      expect.stringMatching(/^onnxruntime crashed \(SIGFPE\) while running/),
      "all of them ran",
    ]);
    await session.close();
  });
});

describe("images decoded in a child process", { timeout: 60_000 }, () => {
  const photo = join(root, "test/fixtures/cases/uint8-nhwc/photo.png");

  it("are the same pictures, from paths, bytes and files", async () => {
    const { decode } = platformOf();
    const own = (await import("../../src/image/node.js")).decodeImage;
    const path = photo;
    const bytes = readFileSync(path);
    for (const source of [path, bytes, new File([bytes], "photo.png")])
      expect(await decode(source)).toEqual(await own(source));
  });

  it("have the errors of `decodeImage`, by name", async () => {
    const { decode } = platformOf();
    await expect(decode("missing.png")).rejects.toMatchObject({ code: "not-found" });
    await expect(decode(new File(["text"], "a.png"))).rejects.toThrow(/^a\.png: image: expected a /);
    await expect(decode(7 as never)).rejects.toMatchObject({ code: "bad-input" });
  });

  it("are ended at their limits, by name", async () => {
    const { decode } = platformOf({ seconds: 0.001 });
    await expect(decode(photo)).rejects.toThrow(
      /photo\.png: the image decoder was ended while decoding the image: expected an answer within 0\.001 s/,
    );
  });
});
