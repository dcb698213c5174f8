/** @file A folder in which the commands of the pages find what they name: small models, and pictures that Fovea drew. */

import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { drawDigits } from "../../../../src/data/digits/digits.js";
import { writeNpy } from "../../../../src/data/npy.js";
import { drawScenes } from "../../../../src/data/scenes/draw-scenes.js";
import { drawTwoShapes } from "../../../../src/data/two-shapes.js";
import { encodePng } from "../../../../src/image/node.js";
import { withModelCard } from "../../../../src/model/card.js";
import { Builder } from "../../../../src/onnx/builder.js";
import type { Graph } from "../../../../src/onnx/graph.js";
import { writeModel } from "../../../../src/onnx/write.js";
import { root } from "../../../house/imports.js";
import { randomTensor } from "../../models/random-tensor.js";
import { otherNetworks } from "./other-networks.js";

/** Names that the pages give a model, by what it is. */
const names = {
  colour: [
    "model",
    "m",
    "resnet50",
    "resnet18",
    "caffe",
    "pets",
    "cats",
    "dogs",
    "vit",
    "stranger",
    "any",
    "a",
    "b",
    "classifier",
    "mobilenet",
    "better",
    "exported/model",
  ],
  digits: ["model", "m", "classic", "compact", "digits", "classic-1", "compact-1", "a", "b", "better"],
  boxes: ["yolo", "best", "detector", "scenes-detect"],
  segments: ["segmenter", "deeplab", "scenes-segment"],
  texts: ["clip", "scenes-text"],
} as const;

export type SandboxKind = "digits" | "photos";

const side = 32;

/** A network of 1,000 classes for colour pictures, with seeded weights. */
function colourGraph(): Graph {
  const op = new Builder();
  const weight = (dims: number[], seed: string) => op.constant(randomTensor(dims, seed), seed);
  const images = op.input("images", "float32", ["N", 3, side, side]);
  const conv1 = op.named("conv1", op.Conv(images, weight([8, 3, 3, 3], "w1"), { pads: [1, 1, 1, 1], strides: [2, 2] }));
  const relu1 = op.named("relu1", op.Relu(conv1));
  const conv2 = op.named("conv2", op.Conv(relu1, weight([16, 8, 3, 3], "w2"), { pads: [1, 1, 1, 1], strides: [2, 2] }));
  const relu = op.named("relu", op.Relu(conv2));
  const logits = op.Gemm(op.Flatten(op.GlobalAveragePool(relu)), weight([1000, 16], "w3"), { transB: 1 });
  op.output(op.Softmax(logits), "probabilities");
  return op.graph;
}

/** It says its preprocessing and its classes. Some have the names that the pages use. */
function colourNetwork(): Uint8Array {
  const named = new Map([
    [151, "dog"],
    [207, "golden retriever"],
    [231, "collie"],
    [281, "tabby cat"],
    [282, "cat"],
    [104, "wallaby"],
    [231, "collie"],
    [105, "kangaroo"],
  ]);
  const classes = Array.from({ length: 1000 }, (_, i) => named.get(i) ?? `class number ${i}`);
  const third = [1, 1, 1].map((one) => one / 2);
  const preprocessing = { width: side, height: side, channels: 3, scale: 1 / 255, mean: third, std: third } as const;
  return writeModel(withModelCard(colourGraph(), { classes, preprocessing }));
}

type Put = (path: string, bytes: Uint8Array | string) => void;

/** Fills a folder with what both kinds of pages need. */
export async function fillSandbox(folder: string, kind: SandboxKind): Promise<void> {
  const put: Put = (path, bytes) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  const copy = (from: string, to: string) => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(join(root, from), join(folder, to));
  };
  cpSync(join(root, "models"), join(folder, "models"), { recursive: true });
  for (const name of names.boxes) copy("models/scenes-detect.onnx", `${name}.onnx`);
  for (const name of names.segments) copy("models/scenes-segment.onnx", `${name}.onnx`);
  for (const name of names.texts) copy("models/scenes-text.onnx", `${name}.onnx`);
  copy("models/scenes-text.onnx", "clip/onnx/model.onnx");
  copy("test/fixtures/keras/nested_deep/model.keras", "pets.keras");
  copy("test/fixtures/volumes/scan.nii.gz", "scan.nii.gz");
  copy("test/fixtures/axes/volume.onnx", "ct.onnx");
  cpSync(join(root, "test/fixtures/volumes/series"), join(folder, "series"), { recursive: true });
  copy("test/fixtures/axes/signal.onnx", "ecg.onnx");
  put("beat.npy", writeNpy(randomTensor([2, 40], "beat")));
  copy("test/fixtures/axes/clip-tokens.onnx", "r3d.onnx");
  put("clip.npy", writeNpy(randomTensor([3, 4, 8, 12], "clip")));
  for (const name of ["model", "pets", "m"]) copy("test/fixtures/keras/nested_deep/model.keras", `${name}.keras`);
  for (const [name, network] of otherNetworks()) put(`${name}.onnx`, network);
  put("breeds.txt", Array.from({ length: 5 }, (_, i) => `breed ${i}`).join("\n"));
  const digit = drawDigits({ seed: 3, train: 0, test: 10 }).test;
  put("digit.png", await encodePng({ width: 28, height: 28, channels: 1, pixels: digit.pixels.slice(0, 784) }));
  const shapes = drawTwoShapes({ seed: 7, test: 48 }).test.pixels;
  put(
    "shapes.png",
    await encodePng({ width: 42, height: 42, channels: 1, pixels: shapes.slice(28 * 42 * 42, 29 * 42 * 42) }),
  );
  if (kind === "digits") for (const name of names.digits) copy("models/mnist.onnx", `${name}.onnx`);
  else await putPhotos(put);
}

/** Scenes as photos, in the folders of two classes, each with a box. */
async function putPhotos(put: Put): Promise<void> {
  const network = colourNetwork();
  for (const name of names.colour) put(`${name}.onnx`, network);
  put("undescribed.onnx", writeModel(colourGraph()));
  for (const name of ["x", "input"]) put(`${name}.npy`, writeNpy(randomTensor([2, 3, side, side], name)));
  put("cut.onnx", network.slice(0, 3000));
  put("text.jpg", "not a picture\n");
  put("names.txt", Array.from({ length: 1000 }, (_, i) => `name ${i}`).join("\n"));
  const scenes = drawScenes({ seed: 1, count: 8 });
  for (let i = 0; i < 8; i++) {
    const png = await encodePng((await scenes.read(i)).picture);
    for (const [folder, classes] of Object.entries(photoFolders)) {
      const name = classes[i % classes.length] ?? "";
      put(`${folder}/${name}/${name}-${i}.jpg`, png);
      put(`${folder}/${name}/${name}-${i}.xml`, boxOf(`${name}-${i}.jpg`, name));
    }
    for (const name of i === 0 ? pictures.first : i === 1 ? pictures.second : []) put(name, png);
  }
}

const photoFolders = {
  photos: ["cat", "dog"],
  "cats-dogs": ["cat", "dog"],
  kangaroos: ["kangaroo", "dog"],
  pets: ["cat", "dog"],
};
const pictures = {
  first: ["photo.jpg", "cat.jpg", "a.jpg", "part.jpg", "face.jpg", "photo.png", "street.png"],
  second: ["dog.jpg", "street.jpg", "b.jpg", "scene.png", "scene.jpg"],
};

/** A box in the middle, as Pascal VOC writes it. */
const boxOf = (file: string, name: string) =>
  `<annotation><filename>${file}</filename><object><name>${name}</name><bndbox><xmin>33</xmin><ymin>33</ymin>` +
  "<xmax>96</xmax><ymax>96</ymax></bndbox></object></annotation>";
