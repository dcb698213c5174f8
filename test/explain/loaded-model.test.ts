/** @file A loaded model: the same on Node and in a page, with errors that name it. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { embeddedModelPath, loadModel } from "../../src/explain/node.js";
import { loadModel as loadModelInPage } from "../../src/explain/web.js";
import { encodePng } from "../../src/image/node.js";
import { createPicture, type Picture, toGrey } from "../../src/image/picture/picture.js";
import { createNodePlatform } from "../../src/model/platform/node.js";
import { classMinus } from "../../src/model/targets/class-minus.js";
import { floats } from "../../src/onnx/tensor.js";
import type { Runtime } from "../../src/runtime/session.js";
import { workFolder } from "../cli/fovea.js";
import { runtime } from "../support/runtime.js";

const folder = workFolder();
const bytes = new Uint8Array(readFileSync(embeddedModelPath));
const picture: Picture = createPicture(
  28,
  28,
  1,
  Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 12 && i % 28 < 16 ? 255 : 0)),
);
let model: LoadedModel;
beforeAll(async () => {
  model = await loadModel(undefined, { runtime });
});

/** Where the predicted class is seen. */
async function mapBy({ explainer: open, readImage }: LoadedModel): Promise<Float32Array> {
  const explainer = await open();
  const { maps } = await explainer.explain((await readImage(picture)).input);
  await explainer.close();
  return floats(maps);
}

describe("a loaded model", () => {
  it("explains the same whether Node or a page opened it, from bytes, a file or an address", async () => {
    const address = `data:application/octet-stream;base64,${Buffer.from(bytes).toString("base64")}`;
    const sources = [bytes, new Blob([bytes]), new File([bytes], "mnist.onnx"), address, new URL(address)];
    const expected = await mapBy(model);
    expect(Math.max(...expected)).toBeGreaterThan(0);
    for (const source of sources) expect(await mapBy(await loadModelInPage(source, { runtime }))).toEqual(expected);
  });

  it("classifies as it explains", async () => {
    const { input } = await model.readImage(picture);
    const [classifier, explainer] = [model.classifier(), await model.explainer()];
    const { probabilities } = await explainer.explain(input);
    expect(floats(await classifier.classify(input))).toEqual(floats(probabilities));
    for (const each of [classifier, explainer]) await each.close();
  });

  it("reads a picture, its file's bytes, its path and its blob alike, and pixels in memory", async () => {
    const file = await encodePng(picture);
    const path = join(folder, "picture.png");
    writeFileSync(path, file);
    const expected = await model.readImage(picture);
    expect(expected.picture).toBe(picture);
    for (const source of [file, path, new Blob([new Uint8Array(file)])]) {
      expect(floats((await model.readImage(source)).input)).toEqual(floats(expected.input));
    }
    expect(floats(await model.preprocess(picture.pixels, [1, 1, 28, 28]))).toEqual(floats(expected.input));
  });

  it("explains pictures and files as they come", async () => {
    const explainer = await model.explainer();
    const sources = [picture, await encodePng(picture), join(folder, "nowhere.png")];
    const found = [];
    for await (const each of explainer.explainAll(sources)) found.push(each);
    await explainer.close();
    expect(found.map(({ error }) => error?.code)).toEqual([undefined, undefined, "not-found"]);
    const [first, second] = found.map(({ explanation }) => explanation && floats(explanation.evidence));
    expect(first).toEqual(second);
  });

  it("explains another target, on the same platform", async () => {
    const difference = await model.explaining(classMinus(3));
    expect(difference.platform).toBe(model.platform);
    expect(difference.target).toBe("minus class 3");
    expect((await mapBy(difference)).length).toBe((await mapBy(model)).length);
  });

  it("names itself in errors: by its path, its file, or as it is called", async () => {
    const refusal = async (loaded: LoadedModel) => {
      const errors = await Promise.all(
        [loaded.explainer({ method: "grad" }), loaded.explaining(classMinus(12))].map((attempt) =>
          attempt.then(() => "none", String),
        ),
      );
      return errors.map((error) => error.replace(/^FoveaError: /, "").split(": ")[0]);
    };
    const named = (name: string) => loadModelInPage(bytes, { runtime, name });
    expect(await refusal(model)).toEqual([embeddedModelPath, embeddedModelPath]);
    expect(await refusal(await loadModel(bytes, { runtime }))).toEqual(["model", "model"]);
    expect(await refusal(await loadModelInPage(new File([bytes], "digits.onnx"), { runtime }))).toEqual([
      "digits.onnx",
      "digits.onnx",
    ]);
    expect(await refusal(await named("mine"))).toEqual(["mine", "mine"]);
    await expect(loadModelInPage(new File([Uint8Array.of(8, 1)], "broken.onnx"), { runtime })).rejects.toThrow(
      /^broken\.onnx: /,
    );
  });

  it("takes class names and parts of the preprocessing in a page as on Node", async () => {
    const options = { runtime, labels: [..."abcdefghij"], preprocessing: { mean: [0.5] } } as const;
    for (const loaded of [await loadModel(bytes, options), await loadModelInPage(bytes, options)]) {
      expect(loaded.card.classes).toEqual([..."abcdefghij"]);
      expect(loaded.given).toMatchObject({ origin: "as given", preprocessing: { mean: [0.5] } });
    }
  });

  it("is opened in a page from what is a file, and on what is a runtime", async () => {
    const [file, name] = [{} as Blob, "wasm" as unknown as Runtime];
    await expect(loadModelInPage(file, { runtime })).rejects.toThrow(
      "model: expected a path or an address, a URL, bytes",
    );
    await expect(loadModelInPage(bytes, { runtime: name })).rejects.toThrow('runtime: expected a runtime, got "wasm"');
  });
});

describe("createNodePlatform", () => {
  const platform = createNodePlatform({ runtime, versions: [{ name: "engine", version: "7" }] });

  it("names the programs that compute, Fovea first", () => {
    const [fovea, engine, other] = platform.versions;
    expect(fovea).toMatchObject({ name: "fovea", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(engine && `${engine.name} ${engine.version}`).toBe(runtime.name);
    expect(other).toEqual({ name: "engine", version: "7" });
  });

  it("writes pictures as files and data URLs, and reads them back", async () => {
    for (const [format, type] of [
      ["png", "image/png"],
      ["jpg", "image/jpeg"],
      ["webp", "image/webp"],
    ] as const) {
      const decoded = await platform.decode(await platform.encode(picture, format));
      expect([decoded.width, decoded.height]).toEqual([28, 28]);
      expect(await platform.encodeDataUrl(picture, format)).toMatch(new RegExp(`^data:${type};base64,`));
    }
    expect(toGrey(await platform.decode(await platform.encode(picture, "png"))).pixels).toEqual(picture.pixels);
  });

  it("reads files, and says what there is in their place", async () => {
    expect(await platform.readFile(embeddedModelPath)).toEqual(bytes);
    const nowhere = join(folder, "nowhere");
    await expect(platform.readFile(nowhere)).rejects.toThrow(`${nowhere}: expected a file, got none there`);
    await expect(platform.readFile(folder)).rejects.toThrow(`${folder}: expected a regular file, got a folder`);
  });

  it("shares one runtime among all who name none", () => {
    expect(createNodePlatform().runtime).toBe(createNodePlatform({}).runtime);
    expect(createNodePlatform().runtime).not.toBe(runtime);
  });
});
