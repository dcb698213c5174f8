/** @file Class names from files beside a model: which of them are used, and what is said of the others. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadModel } from "../../../src/explain/node.js";
import { Builder } from "../../../src/onnx/builder.js";
import { writeModel } from "../../../src/onnx/write.js";
import { workFolder } from "../../cli/fovea.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";

const folder = workFolder();

function threeClasses(): Uint8Array {
  const op = new Builder();
  const maps = op.Conv(op.input("x", "float32", ["N", 3, 8, 8]), op.constant(randomTensor([3, 3, 1, 1], "w")));
  op.output(op.Flatten(op.GlobalAveragePool(maps)), "y");
  return writeModel(op.graph);
}

let count = 0;
function modelWith(files: Readonly<Record<string, string>>): string {
  const home = join(folder, String(count++));
  mkdirSync(home);
  writeFileSync(join(home, "model.onnx"), threeClasses());
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  return join(home, "model.onnx");
}

async function namesOf(path: string, labels?: string) {
  const { card, classesOrigin, notes } = await loadModel(path, { runtime, labels });
  return { classes: card.classes, origin: classesOrigin, notes };
}

it("a list under a usual name is found by itself where its number fits, and named as the source", async () => {
  const files = { "labels.txt": "a\nb\n", "my_class_names.txt": "0 cat\n1 dog\n2 cow\n", "notes.txt": "x\ny\nz\n" };
  expect(await namesOf(modelWith(files))).toEqual({
    classes: ["cat", "dog", "cow"],
    origin: "from my_class_names.txt",
    notes: ["class names from my_class_names.txt, which lies beside the model"],
  });
});

it("a list of another number is told of where there are no names, and files of other kinds are not", async () => {
  const { classes, notes } = await namesOf(modelWith({ "labels.txt": "a\nb\n", "labels.json": "{}" }));
  expect(classes).toBeUndefined();
  expect(notes).toEqual(["class names from labels.txt are left out: 2, and the model has 3 classes"]);
});

it("numbers in a config.json are names", async () => {
  const path = modelWith({ "config.json": '{"id2label": {"0": 0, "1": 1, "2": 2}}' });
  expect(await namesOf(path)).toMatchObject({ classes: ["0", "1", "2"], origin: "from config.json" });
});

it("a config.json of another network is a note, and the next names are used", async () => {
  const stale = { "config.json": '{"id2label": {"0": "cat", "1": "dog"}}' };
  const note = "class names from config.json are left out: 2, and the model has 3 classes";
  expect(await namesOf(modelWith(stale))).toEqual({ classes: undefined, origin: undefined, notes: [note] });
  const { classes, notes } = await namesOf(modelWith({ ...stale, "classes.txt": "x\ny\nz\n" }));
  expect([classes, notes[0]]).toEqual([["x", "y", "z"], note]);
});

it("given labels win over a config.json that cannot be read, and over all others", async () => {
  const given = join(folder, "names.txt");
  writeFileSync(given, "a\nb\nc\n");
  for (const config of ["{", '{"id2label": {"0": [], "1": {}}}', '{"id2label": {"0": "x"}}']) {
    const path = modelWith({ "config.json": config, "labels.txt": "x\ny\nz\n" });
    expect(await namesOf(path, given)).toMatchObject({ classes: ["a", "b", "c"], origin: "as given" });
  }
  await expect(namesOf(modelWith({}), modelWith({}))).rejects.toThrow(
    /model\.onnx: expected a list of class names, got an ONNX model$/,
  );
});
