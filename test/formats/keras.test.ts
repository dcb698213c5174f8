/** @file Models of Keras and TensorFlow.js: a few reference cases against Keras' own numbers, and files that are refused. */

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { loadModel } from "../../src/explain/node.js";
import { bytesAsSource } from "../../src/files/input/byte-source.js";
import { withHdf5 } from "../../src/formats/keras/hdf5.js";
import { graphAt } from "../../src/formats/node.js";
import { FoveaError } from "../../src/foundation/error.js";
import { kerasCases, kerasErrors, toleranceOf } from "../support/models/keras.js";
import { runtime } from "../support/runtime.js";
import { share } from "../support/share.js";

const fixtures = fileURLToPath(new URL("../fixtures/keras", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-keras-"));
afterAll(() => rmSync(folder, { recursive: true }));

const cases = kerasCases(fixtures).flatMap((each) => each.files.map((file) => ({ ...each, file })));

/** The message of the one line with which a file is refused. */
async function refusal(path: string): Promise<string> {
  const error = await graphAt(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FoveaError);
  const { message } = error as FoveaError;
  expect(message).not.toContain("\n");
  expect(message.startsWith(path)).toBe(true);
  return message.slice(path.length);
}

function written(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A reference model with some members of its zip changed; undefined takes one out. */
function changed(name: string, change: (files: Record<string, Uint8Array>) => Record<string, Uint8Array>): string {
  const whole = unzipSync(readFileSync(join(fixtures, "nested_deep", "model.keras")));
  return written(name, zipSync(change(whole), { level: 0 }));
}

const configOf = (files: Record<string, Uint8Array>) => new TextDecoder().decode(files["config.json"] as Uint8Array);

describe("a Keras model", () => {
  it.each(
    share(
      cases.filter(({ refused }) => refused === undefined),
      2,
    ),
  )("$name/$file gives Keras' output, activations, gradients and maps", async (each) => {
    const errors = await kerasErrors(each, each.file);
    expect(Math.max(...Object.values(errors))).toBeLessThan(toleranceOf(each));
  });

  it.each(
    share(
      cases.filter(({ refused }) => refused !== undefined),
      2,
    ),
  )("$name/$file is refused: Python code", async ({ folder: from, file, refused }) => {
    expect(await refusal(join(from, file))).toMatch(
      new RegExp(`${refused}.*: export it to ONNX where its code is: model.export\\("model.onnx", format="onnx"\\)`),
    );
  });

  it("has values with the layers' names, the models around them in front", async () => {
    const model = await loadModel(join(fixtures, "nested_deep", "model.keras"), { runtime });
    const names = new Set(model.graph.nodes.flatMap(({ outputs }) => outputs));
    expect([...names]).toEqual(expect.arrayContaining(["conv2d_1", "mid/inner/conv2d", "tail/batch_normalization_1"]));
    expect([model.ending, model.scores, model.classCount]).toEqual(["softmax", "dense/Gemm", 5]);
  });
});

describe("a .keras file of Keras 2", () => {
  /** Keras 2's description of nested_deep, around its weights in groups that `rename` names. */
  async function old(name: string, version: string, rename: (path: string) => string): Promise<string> {
    const [from, h5] = await Promise.all(["model.keras", "model_keras2.h5"].map((file) => bytesOf(file)));
    const files = unzipSync(from as Uint8Array);
    const config = await withHdf5(
      bytesAsSource(h5 as Uint8Array, "h5"),
      "h5",
      (file) => file.attribute("/", "model_config") as string,
    );
    return written(
      name,
      zipSync({
        "metadata.json": strToU8(JSON.stringify({ keras_version: version })),
        "config.json": strToU8(config),
        "model.weights.h5": await regrouped(files["model.weights.h5"] as Uint8Array, rename),
      }),
    );
  }

  const bytesOf = (file: string) => readFileSync(join(fixtures, "nested_deep", file));
  const reference = kerasCases(fixtures).find(({ name }) => name === "nested_deep") as (typeof cases)[number];

  it("of 2.15 is read", async () => {
    const path = await old("2.15.keras", "2.15.0", (each) => each);
    const errors = await kerasErrors({ ...reference, folder: join(fixtures, "nested_deep") }, path);
    expect(Math.max(...Object.values(errors))).toBeLessThan(toleranceOf(reference));
  });

  it("of 2.12, which counts layers with weights twice, is read", async () => {
    const path = await old("2.12.keras", "2.12.0", (each) =>
      each
        .replace(/(^|\/)layers(?=\/|$)/g, "$1_layer_checkpoint_dependencies")
        .replace(/(conv2d|batch_normalization|dense|functional|sequential)_(\d+)/g, (_, kind, n) => `${kind}_${2 * n}`),
    );
    const errors = await kerasErrors({ ...reference, folder: join(fixtures, "nested_deep") }, path);
    expect(Math.max(...Object.values(errors))).toBeLessThan(toleranceOf(reference));
  });
});

/** An HDF5 file with its groups under other names. */
async function regrouped(bytes: Uint8Array, rename: (path: string) => string): Promise<Uint8Array> {
  const { ready, File, Group, Dataset } = await import("h5wasm");
  const { FS } = await ready;
  FS.writeFile("/from.h5", bytes);
  const [from, to] = [new File("/from.h5", "r"), new File("/to.h5", "w")];
  for (const path of from.paths()) {
    const entity = from.get(path);
    if (entity instanceof Group) to.create_group(rename(path));
    if (entity instanceof Dataset) {
      const { shape } = entity;
      to.create_dataset({ name: rename(path), data: entity.value as Float32Array, shape: shape as number[] });
    }
  }
  from.close();
  to.close();
  return FS.readFile("/to.h5");
}

describe("a damaged or foreign file", () => {
  it("that is cut short is refused, .keras and .h5", async () => {
    for (const file of ["model.keras", "model.h5"]) {
      const bytes = readFileSync(join(fixtures, "nested_deep", file));
      for (const share of [0, 0.1, 0.5, 0.95]) {
        const path = written(`cut-${share}-${file}`, bytes.subarray(0, bytes.length * share));
        expect(await refusal(path)).toMatch(/expected .*, got /);
      }
    }
  });

  it("without a member, weights or a layer's weights is refused", async () => {
    const without = (name: string) => (files: Record<string, Uint8Array>) =>
      Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));
    expect(await refusal(changed("a.keras", without("config.json")))).toContain(
      "expected a .keras file with config.json",
    );
    expect(await refusal(changed("b.keras", without("model.weights.h5")))).toContain("with model.weights.h5 in it");
    const renamed = changed("c.keras", (files) => ({
      ...files,
      "config.json": strToU8(configOf(files).replaceAll('"Dense"', '"DepthwiseConv2D"')),
    }));
    expect(await refusal(renamed)).toMatch(/layer "dense": /);
    const wider = changed("d.keras", (files) => ({
      ...files,
      "config.json": strToU8(configOf(files).replace('"units": 5', '"units": 6')),
    }));
    expect(await refusal(wider)).toBe(': layer "dense": weights "kernel": expected [8, 6], got [8, 5]');
    const trained = changed("f.keras", (files) => ({
      ...files,
      "config.json": strToU8(configOf(files).replaceAll('"kwargs": {"mask": null}', '"kwargs": {"training": true}')),
    }));
    expect(await refusal(trained)).toMatch(/layer ".*": expected a call without training=True/);
    const broken = changed("e.keras", (files) => ({ ...files, "config.json": strToU8("{") }));
    expect(await refusal(broken)).toContain("config.json: expected JSON");
  });

  it("that is HDF5 but not a whole Keras model is refused", async () => {
    const weights = unzipSync(readFileSync(join(fixtures, "nested_deep", "model.keras")))["model.weights.h5"];
    expect(await refusal(written("weights.h5", weights as Uint8Array))).toContain("got its weights alone");
    expect(await refusal(written("text.h5", "no HDF5 at all"))).toContain("expected a whole HDF5 file");
  });

  it("of TensorFlow is refused with the command that converts it", async () => {
    const lite = written("model.tflite", "\x1c\0\0\0TFL3");
    expect(await refusal(lite)).toContain(`python -m tf2onnx.convert --tflite ${lite} --output model.onnx`);
    const saved = join(folder, "saved");
    mkdirSync(saved);
    writeFileSync(join(saved, "saved_model.pb"), "x");
    for (const path of [saved, join(saved, "saved_model.pb")]) {
      expect(await refusal(path)).toContain(`python -m tf2onnx.convert --saved-model ${saved} --output model.onnx`);
    }
  });

  it("of TensorFlow.js whose shards are missing, short or elsewhere is refused", async () => {
    const from = join(fixtures, "functional_residual", "tfjs_native");
    const json = readFileSync(join(from, "model.json"), "utf8");
    const path = written("model.json", json);
    expect(await refusal(path)).toContain("expected a file in the model's folder, got none");
    const shard = /"paths": \["([^"]*)"/.exec(json)?.[1] as string;
    copyFileSync(join(from, shard), join(folder, shard));
    expect(await graphAt(path)).toBeDefined();
    writeFileSync(join(folder, shard), readFileSync(join(from, shard)).subarray(0, 500));
    expect(await refusal(path)).toMatch(/weights ".*": expected \d+ bytes in .*, got \d+/);
    writeFileSync(path, json.replace(shard, `../${shard}`));
    expect(await refusal(path)).toContain("got a path out of it");
  });
});
