/** @file What the arguments of a command mean: the model among them, and standard input. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { modelAmong } from "../../src/cli/inputs/model-among.js";
import { givenInputs } from "../../src/cli/inputs/standard-input.js";
import { embeddedModelPath } from "../../src/explain/node.js";
import { workFolder } from "./fovea.js";

const folder = workFolder();
const at = (name: string) => join(folder, name);
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const png = Buffer.from("\x89PNG\r\n\x1a\nrest", "latin1");

beforeAll(() => {
  writeFileSync(at("photo.png"), png);
  writeFileSync(at("odd.onnx"), png);
  writeFileSync(at("x.npy"), "\x93NUMPY", "latin1");
  mkdirSync(at("saved"));
  writeFileSync(at("saved/saved_model.pb"), "\x08\x01", "latin1");
});

describe("modelAmong(arguments, given, command)", () => {
  const find = (args: readonly string[], given?: string) => modelAmong(args, given, "fovea explain");

  it.each([
    ["an ONNX file", embeddedModelPath],
    ["a .keras file", fixture("keras/nested_deep/model.keras")],
    ["an HDF5 file", fixture("keras/nested_deep/model.h5")],
    ["a TensorFlow.js model", fixture("tfjs/nasnet/model.json")],
    ["a SavedModel, which is refused when it is opened", at("saved")],
    ["a pointer to a model", fixture("cases/files-that-are-no-model/pointer.onnx")],
    ["a model that is not there", at("gone.onnx")],
  ])("takes %s for the model, wherever it stands", (_, model) => {
    for (const args of [
      [model, at("photo.png")],
      [at("photo.png"), model],
    ])
      expect(find(args)).toEqual({ model, inputs: [at("photo.png")] });
  });

  it("takes pictures and arrays for inputs, whatever they are called", () => {
    const inputs = [at("photo.png"), at("odd.onnx"), at("x.npy"), "photos/*.jpg", "gone.png", folder];
    expect(find(inputs)).toEqual({ model: undefined, inputs });
    expect(find(inputs, "m.onnx")).toEqual({ model: "m.onnx", inputs });
  });

  it("takes a name on the hub for the model, and the first of several arguments that could be meant as one", () => {
    expect(find([at("photo.png"), "hf:ada/cats"])).toEqual({ model: "hf:ada/cats", inputs: [at("photo.png")] });
    expect(find(["ada/cats", at("photo.png")])).toEqual({ model: "ada/cats", inputs: [at("photo.png")] });
    expect(find([at("photo.png"), "ada/cats"])).toMatchObject({ model: undefined });
    expect(find(["ada/cats", at("photo.png")], "m.onnx")).toMatchObject({ model: "m.onnx" });
    expect(() => find(["hf:ada/cats", "hf:ada/dogs", "a.png"])).toThrow("hf:ada/cats and hf:ada/dogs: expected one");
  });

  it("refuses two models, a model beside --model, and a model alone", () => {
    const other = fixture("keras/nested_deep/model.h5");
    expect(() => find([embeddedModelPath, other, "a.png"])).toThrow(
      `${embeddedModelPath} and ${other}: expected one model`,
    );
    expect(() => find([other, "a.png"], "m.onnx")).toThrow(`${other}: expected pictures beside --model m.onnx`);
    expect(() => find([other])).toThrow(`expected a picture beside the model: fovea explain ${other} photo.jpg`);
  });
});

describe("givenInputs(arguments, read)", () => {
  const piped = (text: string | Buffer) => async () => Buffer.from(text as string);

  it("reads a picture from standard input, beside others", async () => {
    const alone = await givenInputs(["-"], piped(png));
    expect(alone).toMatchObject({ inputs: [{ path: "stdin" }], many: false });
    expect(await alone.inputs[0]?.file?.read()).toEqual(png);
    const { inputs, many } = await givenInputs([at("photo.png"), "-"], piped(png));
    expect([inputs.map(({ path }) => path), many]).toEqual([[at("photo.png"), "stdin"], true]);
  });

  it("reads paths from standard input, one in a line, each once", async () => {
    const text = `${at("photo.png")}\r\n\n${at("gone.png")}\n${at("photo.png")}\n`;
    const { inputs, many } = await givenInputs(["-"], piped(text));
    expect([inputs.map(({ path }) => path), many]).toEqual([[at("photo.png"), at("gone.png")], true]);
  });

  it.each([
    ["nothing", "", "an empty file of 0 bytes"],
    ["a web page", "<!doctype html>", "a web page (HTML)"],
    ["a model", "\x08\x07\x12\x07pytorch", "an ONNX model"],
    ["noise", "\0\x01\x02", "something else"],
  ])("refuses %s on standard input", async (_, text, got) => {
    await expect(givenInputs(["-"], piped(text))).rejects.toThrow(
      `standard input: expected an image, or paths of images, one in a line, got ${got}`,
    );
  });

  it("leaves standard input alone where nobody asks for it", async () => {
    const read = () => Promise.reject(new Error("read"));
    expect((await givenInputs([at("photo.png")], read)).inputs).toEqual([{ path: at("photo.png") }]);
  });
});
