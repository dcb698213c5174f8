/** @file Settings that other tools leave beside a model, in its metadata and one folder above: what is read, what wins, what is told. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/explain/node.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { openModel } from "../../../src/model/open.js";
import { preprocessingOf } from "../../../src/model/preprocessing.js";
import { readPythonLiteral } from "../../../src/model/settings/python-literal.js";
import { readSettings } from "../../../src/model/settings/read-settings.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { writeModel } from "../../../src/onnx/write.js";
import { workFolder } from "../../cli/fovea.js";
import { runtime } from "../../support/runtime.js";

type Metadata = Readonly<Record<string, string>>;

/** A network whose three scores are the mean red, green and blue of what it is given. */
function colourMeans(metadata: Metadata = {}, size: readonly (number | string)[] = [224, 224], channels = 3): Graph {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", channels, ...size]);
  op.output(op.Flatten(op.GlobalAveragePool(x)), "y");
  for (const [key, text] of Object.entries(metadata)) op.graph.metadata.set(key, text);
  return op.graph;
}

const root = workFolder();
let count = 0;

/** A model's path, in a folder with files by their paths. */
function modelWith(files: Readonly<Record<string, unknown>>, graph = colourMeans(), name = "model.onnx"): string {
  const folder = join(root, `m${count++}`);
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write(name, writeModel(graph));
  for (const [path, content] of Object.entries(files)) {
    write(path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return join(folder, name);
}

const opened = async (files: Readonly<Record<string, unknown>>, graph?: Graph) =>
  loadModel(modelWith(files, graph), { runtime });
const chosen = async (files: Readonly<Record<string, unknown>>, graph?: Graph) =>
  preprocessingOf(await opened(files, graph));
const withMetadata = async (metadata: Metadata) => openModel(colourMeans(metadata), runtime);

const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const vit = { image_processor_type: "ViTImageProcessor", size: { height: 224, width: 224 }, ...half };
const names = { id2label: { 0: "cat", 1: "dog", 2: "bird" } };

describe("files beside a model", () => {
  it("are found one folder above a folder called onnx, and the nearer ones win", async () => {
    const above = { "preprocessor_config.json": vit, "config.json": names };
    const path = modelWith(above, colourMeans(), "onnx/model.onnx");
    const model = await loadModel(path, { runtime });
    expect([model.card.classes, model.classesOrigin]).toEqual([["cat", "dog", "bird"], "from config.json"]);
    expect(preprocessingOf(model)).toMatchObject({
      origin: "from preprocessor_config.json",
      preprocessing: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
    writeFileSync(join(dirname(path), "config.json"), JSON.stringify({ id2label: { 0: "a", 1: "b", 2: "c" } }));
    expect((await loadModel(path, { runtime })).card.classes).toEqual(["a", "b", "c"]);
  });

  it("are not looked for above folders of other names, nor through links out of the one above", async () => {
    const other = modelWith({ "config.json": names }, colourMeans(), "exported/model.onnx");
    expect((await loadModel(other, { runtime })).card.classes).toBeUndefined();
    const linked = modelWith({}, colourMeans(), "onnx/model.onnx");
    writeFileSync(join(root, "secret.json"), JSON.stringify(names));
    symlinkSync(join(root, "secret.json"), join(dirname(linked), "..", "config.json"));
    await expect(loadModel(linked, { runtime })).rejects.toThrow(/config\.json: expected .*got a link out of it/);
  });

  it("are read from processor_config.json too, whose image processor may lie inside", async () => {
    const inside = await chosen({
      "processor_config.json": { image_processor: vit, processor_class: "CLIPProcessor" },
    });
    expect(inside).toMatchObject({ origin: "from processor_config.json", preprocessing: { mean: [0.5, 0.5, 0.5] } });
    const text = await chosen({ "processor_config.json": { processor_class: "CLIPProcessor" } });
    expect(text.origin).toMatch(/^assumed/);
  });

  it("of transformers for timm's networks hold timm's own settings", async () => {
    const settings = { input_size: [3, 224, 224], mean: [0.1, 0.2, 0.3], std: [1, 1, 1], crop_pct: 0.9 };
    const wrapped = { image_processor_type: "TimmWrapperImageProcessor", data_config: settings };
    for (const files of [
      { "preprocessor_config.json": wrapped },
      { "config.json": { architecture: "net", ...settings } },
      { "config.json": { architecture: "net", pretrained_cfg: settings } },
    ]) {
      expect((await chosen(files)).preprocessing).toMatchObject({
        mean: [0.1, 0.2, 0.3],
        resample: "cubic",
        fit: "crop",
        resize: { height: 248, width: 248 },
      });
    }
  });

  it("of timm for the size of its test count where the model has that size", async () => {
    const sizes = { input_size: [3, 224, 224], test_input_size: [3, 288, 288], crop_pct: 0.875, test_crop_pct: 1 };
    const files = { "config.json": { pretrained_cfg: { ...sizes, mean: [0, 0, 0], std: [1, 1, 1] } } };
    const at = async (size: number) => chosen(files, colourMeans({}, [size, size]));
    expect((await at(224)).preprocessing).toMatchObject({ resize: { height: 256, width: 256 } });
    const test = await at(288);
    expect(test).toMatchObject({ origin: "from config.json", preprocessing: { height: 288, cropFraction: 1 } });
    expect(test.preprocessing.resize).toBeUndefined();
    expect((await at(112)).preprocessing).toMatchObject({ height: 112, resize: { height: 128, width: 128 } });
    expect((await at(112)).origin).toContain("size from the model (not 224x224, as it is stated)");
  });

  it("of OpenCLIP, Teachable Machine and Custom Vision are read", async () => {
    const openClip = { preprocess_cfg: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6], resize_mode: "squash" } };
    expect(await chosen({ "open_clip_config.json": openClip })).toMatchObject({
      preprocessing: { mean: [0.1, 0.2, 0.3], fit: "stretch", resample: "cubic" },
      origins: { size: "from the model", mean: "from open_clip_config.json" },
    });
    const teachable = { tmVersion: "2.4.5", labels: ["cat", "dog", "bird"], imageSize: 224 };
    const model = await opened({ "metadata.json": teachable });
    expect(model.card.classes).toEqual(["cat", "dog", "bird"]);
    expect(preprocessingOf(model)).toMatchObject({
      origin: "from metadata.json",
      preprocessing: { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1], fit: "crop", cropFraction: 1 },
    });
    expect((await chosen({ "metadata.json": { labels: ["a", "b", "c"] } })).origin).toMatch(/^assumed/);
    const vision = customVision({ "Image.NominalPixelRange": "Normalized_0_1" });
    expect(await chosen({ "metadata_properties.json": vision })).toMatchObject({
      origin: "from metadata_properties.json",
      preprocessing: { scale: 1 / 255, resize: { height: 256, width: 256 }, fit: "crop" },
    });
  });

  it("say what is made of sizes that a fixed input cannot have", async () => {
    const detr = await opened({ "preprocessor_config.json": { image_processor_type: "DetrImageProcessor" } });
    expect(detr.notes).toEqual([expect.stringMatching(/^preprocessor_config.json: .*here they are stretched to it$/)]);
    expect(preprocessingOf(detr).preprocessing).toMatchObject({ height: 224, fit: "stretch" });
  });
});

function customVision(others: Metadata = {}): Metadata {
  const settings = { CropHeight: "224", CropWidth: "224", TargetHeight: "256", TargetWidth: "256" };
  const methods = { CropMethod: "OneCropCenter", ResizeMethod: "ByShorterSide" };
  const statistics = { NormalizeMean: "[0.0, 0.0, 0.0]", NormalizeStd: "[1.0, 1.0, 1.0]" };
  const entries = Object.entries({ ...settings, ...methods, ...statistics });
  return { ...Object.fromEntries(entries.map(([key, text]) => [`CustomVision.Preprocess.${key}`, text])), ...others };
}

describe("metadata of other tools", () => {
  it("of Ultralytics are Python's literals; its classifiers take the middle square as 0 to 1", async () => {
    const metadata = { author: "Ultralytics", task: "classify", imgsz: "[224, 224]" };
    const model = await withMetadata({ ...metadata, names: "{0: 'cat', 1: \"dog's toy\", 2: 'b\\'s'}" });
    expect([model.card.classes, model.classesOrigin]).toEqual([
      ["cat", "dog's toy", "b's"],
      "from the file's metadata",
    ]);
    expect(preprocessingOf(model)).toEqual({
      origin: "from the file's Ultralytics metadata",
      origins: expect.objectContaining({ size: "from the file's Ultralytics metadata" }),
      preprocessing: {
        ...{ width: 224, height: 224, channels: 3, scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
        ...{ fit: "crop", cropFraction: 1, resample: "linear" },
      },
    });
    const detector = await withMetadata({ ...metadata, task: "detect" });
    expect(preprocessingOf(detector).preprocessing).toMatchObject({ fit: "letterbox", padding: [114, 114, 114] });
  });

  it.each<[string, string, Partial<Preprocessing>]>([
    ["Bgr8", "NominalRange_0_255", { order: "bgr", scale: 1, mean: [0, 0, 0] }],
    ["Rgb8", "Normalized_0_1", { order: "rgb", scale: 1 / 255, mean: [0, 0, 0] }],
    ["rgba8", "normalized_1_1", { order: "rgb", scale: 1 / 127.5, mean: [1, 1, 1] }],
    ["BGRA8", "NominalRange_16_235", { order: "bgr", scale: 219 / 255, mean: [-16, -16, -16] }],
  ])("as ONNX defines them say order and range: %s, %s", async (format, range, parts) => {
    const model = await withMetadata({ "Image.BitmapPixelFormat": format, "image.nominalpixelrange": range });
    const { preprocessing, origin } = preprocessingOf(model);
    expect(preprocessing).toMatchObject(parts);
    expect(origin).toBe(
      "size from the model, scale, mean, deviation and channel order from the file's Image metadata, crop assumed",
    );
  });

  it("that ask for linear light get a note", async () => {
    const metadata = { "Image.NominalPixelRange": "Normalized_0_1", "Image.ColorSpaceGamma": "Linear" };
    expect((await withMetadata(metadata)).notes).toEqual([expect.stringContaining("linear light")]);
  });

  it("of Custom Vision say how pictures are cut, and their mean where the network does not subtract it", async () => {
    const statistics = { "CustomVision.Preprocess.NormalizeMean": "[123.7, 116.8, 103.9]" };
    const metadata = { "Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Bgr8" };
    const { preprocessing } = preprocessingOf(await withMetadata(customVision({ ...metadata, ...statistics })));
    expect(preprocessing).toMatchObject({ scale: 1, mean: [123.7, 116.8, 103.9], std: [1, 1, 1], order: "bgr" });
    expect(preprocessing).toMatchObject({ height: 224, fit: "crop", resize: { height: 256, width: 256 } });
  });

  it("win over files beside the model, but not over fovea.json", async () => {
    const graph = colourMeans({ "Image.NominalPixelRange": "Normalized_1_1" });
    const files = { "preprocessor_config.json": vit, "fovea.json": { preprocessing: { mean: [7] } } };
    expect((await chosen({ "preprocessor_config.json": vit }, graph)).preprocessing.scale).toBe(1 / 127.5);
    const { preprocessing, origins } = await chosen(files, graph);
    expect(preprocessing).toMatchObject({ scale: 1 / 127.5, mean: [7, 7, 7], std: [1, 1, 1] });
    expect(origins).toEqual({
      size: "from preprocessor_config.json",
      crop: "from preprocessor_config.json",
      scale: "from the file's Image metadata",
      mean: "from fovea.json",
      deviation: "from the file's Image metadata",
      "channel order": "assumed",
    });
  });
});

describe("the origin of a preprocessing", () => {
  it("names the source of each part", async () => {
    const { origin } = await chosen({ "fovea.json": { preprocessing: { mean: [0], std: [1] } } });
    expect(origin).toBe("size from the model, mean and deviation from fovea.json, crop and scale assumed");
    const open = await chosen({ "fovea.json": { preprocessing: { scale: 1 } } }, colourMeans({}, ["H", "W"]));
    expect(open.origin).toBe("scale from fovea.json, size, crop, mean and deviation assumed");
  });

  it("says that a file was written for another size, and keeps the share that is cut", async () => {
    const settings = { image_processor_type: "CLIPImageProcessor", size: 256, crop_size: 224, ...half };
    const fixed = await chosen({ "preprocessor_config.json": settings }, colourMeans({}, [448, 448]));
    expect(fixed.preprocessing).toMatchObject({ height: 448, width: 448, fit: "crop", cropFraction: 0.875 });
    expect(fixed.origin).toBe(
      "size from the model (not 224x224, as it is stated), crop, scale, mean and deviation from preprocessor_config.json",
    );
    const pair = { image_processor_type: "DeiTImageProcessor", size: 256, crop_size: 224, ...half };
    const stretched = await chosen({ "preprocessor_config.json": pair }, colourMeans({}, [448, 448]));
    expect(stretched.preprocessing).toMatchObject({ fit: "stretch", resize: { height: 512, width: 512 } });
    await expect(chosen({ "fovea.json": { preprocessing: { height: 32, width: 32 } } })).rejects.toThrow(
      /expected one that makes/,
    );
  });

  it("of a grey network beside settings for colour takes the mean of the channels", async () => {
    const settings = { ...vit, image_mean: [0.4, 0.5, 0.6], image_std: [0.2, 0.3, 0.4] };
    const { preprocessing } = await chosen({ "preprocessor_config.json": settings }, colourMeans({}, [224, 224], 1));
    expect(preprocessing.mean[0]).toBeCloseTo(0.5, 6);
    expect(preprocessing.std[0]).toBeCloseTo(0.3, 6);
  });

  it("of what is given replaces all that files say of the crop", async () => {
    const path = modelWith({ "preprocessor_config.json": { ...vit, size: 256, do_center_crop: true, crop_size: 224 } });
    const given = async (preprocessing: Partial<Preprocessing>) =>
      preprocessingOf(await loadModel(path, { runtime, preprocessing })).preprocessing;
    expect(await given({ mean: [0] })).toMatchObject({ fit: "stretch", resize: { height: 256, width: 256 } });
    expect((await given({ fit: "crop", cropFraction: 0.5 })).resize).toBeUndefined();
    expect((await given({ fit: "letterbox" })).resize).toBeUndefined();
  });
});

describe("a file that cannot be used", () => {
  it("is refused in one sentence, and never where something is given", async () => {
    const path = modelWith({ "config.json": "{", "preprocessor_config.json": "[]" });
    await expect(loadModel(path, { runtime })).rejects.toThrow(
      /preprocessor_config\.json: expected a JSON object, got "\[\]": mend it, or give its settings$/,
    );
    const model = await loadModel(path, { runtime, labels: ["a", "b", "c"] });
    expect(model.card.classes).toEqual(["a", "b", "c"]);
    expect(model.notes.length).toBe(2);
    for (const note of model.notes) expect(note).toMatch(/config\.json: expected .*: it is not used$/);
    const { preprocessing } = preprocessingOf(await loadModel(path, { runtime, preprocessing: { scale: 1 } }));
    expect(preprocessing.scale).toBe(1);
  });

  it("may hold numbers for names; names of another number lose against given ones", async () => {
    const ints = modelWith({ "config.json": { id2label: { 0: 0, 1: 1, 2: 2 } } });
    expect((await loadModel(ints, { runtime })).card.classes).toEqual(["0", "1", "2"]);
    const stale = modelWith({ "config.json": { id2label: { 0: "cat", 1: "dog" } } });
    const model = await loadModel(stale, { runtime, labels: ["a", "b", "c"] });
    expect(model.card.classes).toEqual(["a", "b", "c"]);
  });

  it("with transformers' own placeholders has no names at all", async () => {
    const model = await opened({ "config.json": { id2label: { 0: "LABEL_0", 1: "LABEL_1" } } });
    expect(model.card.classes).toBeUndefined();
  });

  it("with values of other types says nothing about them", () => {
    const odd = { image_processor_type: 7, size: "large", crop_size: [], image_mean: ["a"], resample: 9, do_resize: 1 };
    const settings = readSettings(new Map([["preprocessor_config.json", { text: JSON.stringify(odd) }]]));
    expect(settings?.preprocessing).toEqual({ scale: 1 / 255 });
  });
});

describe("networks of Keras", () => {
  const keras = (...models: string[]) => withMetadata({ "keras.models": JSON.stringify(models) });

  it.each<[string, Partial<Preprocessing>]>([
    ["resnet50", { scale: 1, mean: [103.939, 116.779, 123.68], order: "bgr" }],
    ["vgg16", { scale: 1, mean: [103.939, 116.779, 123.68], order: "bgr" }],
    ["resnet50v2", { scale: 1 / 127.5, mean: [1, 1, 1] }],
    ["mobilenetv2_1.00_224", { scale: 1 / 127.5, mean: [1, 1, 1] }],
    ["inception_v3", { scale: 1 / 127.5, mean: [1, 1, 1] }],
    ["NASNet", { scale: 1 / 127.5, mean: [1, 1, 1] }],
    ["densenet121", { scale: 1 / 255, mean: [0.485, 0.456, 0.406] }],
    ["efficientnetb0", { scale: 1, mean: [0, 0, 0] }],
    ["MobilenetV3large", { scale: 1, mean: [0, 0, 0] }],
  ])("%s gets the values that it was trained with, also inside another model", async (name, parts) => {
    for (const models of [[name], ["sequential", name]]) {
      const { preprocessing, origin } = preprocessingOf(await keras(...models));
      expect(preprocessing).toMatchObject(parts);
      expect(origin).toMatch(new RegExp(`^assumed: as Keras prepares for its ${name}`));
    }
  });

  it("without a name get values from 0 to 1", async () => {
    const { preprocessing, origin } = preprocessingOf(await keras("sequential_3"));
    expect(preprocessing).toMatchObject({ scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] });
    expect(origin).toBe("assumed: RGB from 0 to 1, as is usual with Keras");
  });
});

describe("Python's literals", () => {
  it.each<[string, unknown]>([
    ["{0: 'cat', 1: \"dog's\"}", { 0: "cat", 1: "dog's" }],
    ["[224, 224]", [224, 224]],
    ["(1, -2.5e3, .5)", [1, -2500, 0.5]],
    ["{'a': [True, False, None], 'b': {}}", { a: [true, false, null], b: {} }],
    ["'it\\'s \\u00e9 \\x41 \\\\ \\n'", "it's é A \\ \n"],
    ["[]", []],
    ["[1,]", [1]],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
    ["import os", undefined],
    ["[1", undefined],
    ["[1 2]", undefined],
    ["{1}", undefined],
    ["{'a' 1}", undefined],
    ["1 + 1", undefined],
    ["", undefined],
    ["[".repeat(1000), undefined],
  ])("%s", (text, value) => {
    expect(readPythonLiteral(text)).toEqual(value);
  });
});
