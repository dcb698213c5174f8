/** @file Principal components of a layer's places, held against ml-matrix's singular value decomposition. */

import { Matrix, SVD } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { principalComponents } from "../../../src/explain/components/components.js";
import { openModel } from "../../../src/model/open.js";
import { Builder } from "../../../src/onnx/builder.js";
import { floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { createNodeRuntime } from "../../../src/runtime/node.js";
import { randomTensor } from "../../support/models/random-tensor.js";

const runtime = createNodeRuntime();

/** A network whose vector only reads one number of a map, which another output hands out. */
function network({ channels = 5, side = 6 } = {}) {
  const op = new Builder();
  const x = op.input("x", "float32", ["N", 3, side, side]);
  const first = op.named(
    "first",
    op.Relu(op.Conv(x, op.constant(randomTensor([7, 3, 3, 3], "a")), { pads: [1, 1, 1, 1] })),
  );
  const last = op.named("last", op.Conv(first, op.constant(randomTensor([channels, 7, 1, 1], "b"))));
  op.output(op.ReduceMean(first, op.ints([2, 3]), { keepdims: 0 }), "image_embeds");
  op.output(last, "places");
  return openModel(writeModel(op.graph), runtime, "network");
}

/** The components of columns [C, P] of several images by another library, with their shares. */
function expected(planes: readonly (readonly number[])[]) {
  const columns = new Matrix(planes.map((row) => [...row])).transpose();
  const centred = columns.clone().subRowVector(columns.mean("column"));
  const { rightSingularVectors, diagonal } = new SVD(centred, { autoTranspose: true });
  const total = diagonal.reduce((sum, value) => sum + value ** 2, 0);
  const values = [0, 1, 2].map((k) => {
    const direction = rightSingularVectors.getColumn(k);
    const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    const signed = direction.map((value) => value * Math.sign(largest));
    return centred.to2DArray().map((row) => row.reduce((sum, value, i) => sum + value * (signed[i] ?? 0), 0));
  });
  return { values, shares: diagonal.slice(0, 3).map((value) => value ** 2 / total) };
}

/** The rows of a layer for some images, one after the other. */
async function rowsOf(name: string, batches: readonly Tensor[]): Promise<number[][]> {
  const model = await network();
  const session = await runtime.open({ ...model.graph, outputs: [{ name }] });
  const rows: number[][] = [];
  for (const batch of batches) {
    const { [name]: result } = await session.run({ x: batch });
    const [count = 0, channels = 0, height = 0, width = 0] = result?.dims ?? [];
    const area = height * width;
    for (let n = 0; n < count; n++)
      for (let c = 0; c < channels; c++) {
        const values = result ? floats(result).subarray((n * channels + c) * area, (n * channels + c + 1) * area) : [];
        rows[c] = [...(rows[c] ?? []), ...values];
      }
  }
  await session.close();
  return rows;
}

describe("principalComponents", () => {
  const batches = [randomTensor([2, 3, 6, 6], "images"), randomTensor([1, 3, 6, 6], "more")];

  it("is what a singular value decomposition gives, over all images together", async () => {
    const components = await principalComponents(await network(), batches, { runtime });
    const { values, shares } = expected(await rowsOf("last", batches));
    expect([components.layer.name, components.images]).toEqual(["places", 3]);
    components.shares.forEach((share, k) => {
      expect(share).toBeCloseTo(shares[k] ?? 0, 5);
    });
    const got = [floats(await components.of(batches[0] as Tensor)), floats(await components.of(batches[1] as Tensor))];
    for (let k = 0; k < 3; k++) {
      const own = [0, 1].map((n) => got[0]?.subarray((3 * n + k) * 36, (3 * n + k + 1) * 36) ?? []);
      const all = [...own, got[1]?.subarray(k * 36, (k + 1) * 36) ?? []].flatMap((part) => [...part]);
      const peak = Math.max(...(values[k] ?? []).map(Math.abs));
      all.forEach((value, i) => {
        expect(Math.abs(value - (values[k]?.[i] ?? 0))).toBeLessThan(2e-4 * peak);
      });
      expect(components.ranges[k]?.[0]).toBeCloseTo(Math.min(...(values[k] ?? [])), 3);
      expect(components.ranges[k]?.[1]).toBeCloseTo(Math.max(...(values[k] ?? [])), 3);
    }
    await components.close();
  });

  it("is the same from the smaller Gram matrix, where there are more channels than places", async () => {
    const model = await network({ channels: 60, side: 4 });
    const image = randomTensor([1, 3, 4, 4], "small");
    const components = await principalComponents(model, [image], { runtime, layer: "last" });
    const session = await runtime.open({ ...model.graph, outputs: [{ name: "last" }] });
    const { last } = await session.run({ x: image });
    const rows = Array.from({ length: 60 }, (_, c) => [...(last ? floats(last).subarray(c * 16, (c + 1) * 16) : [])]);
    const { values } = expected(rows);
    const got = floats(await components.of(image));
    const peak = Math.max(...(values[0] ?? []).map(Math.abs));
    values.flat().forEach((value, i) => {
      expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(1e-3 * peak);
    });
    await session.close();
    await components.close();
  });

  it("takes a layer by its name, and refuses one that there is not, several, and no image", async () => {
    const model = await network();
    const [image] = batches as [Tensor];
    const first = await principalComponents(model, [image], { runtime, layer: "first" });
    expect([first.layer.name, (await first.of(image)).dims]).toEqual(["first", [2, 3, 6, 6]]);
    await first.close();
    await expect(principalComponents(model, [image], { runtime, layer: "none" })).rejects.toThrow(
      /unknown layer "none"/,
    );
    await expect(principalComponents(model, [], { runtime })).rejects.toThrow(/expected an image, got none/);
  });

  it("gives nothing where all places are alike", async () => {
    const components = await principalComponents(await network(), [randomTensor([1, 3, 6, 6], "x")], { runtime });
    await components.close();
    const op = new Builder();
    const x = op.input("x", "float32", ["N", 3, 4, 4]);
    const flat = op.Mul(x, op.scalar(0));
    op.output(op.ReduceMean(op.named("flat", flat), op.ints([2, 3]), { keepdims: 0 }), "image_embeds");
    const alike = await openModel(writeModel(op.graph), runtime, "alike");
    const none = await principalComponents(alike, [randomTensor([1, 3, 4, 4], "y")], { runtime });
    expect(none.shares).toEqual([0, 0, 0]);
    expect(Array.from(floats(await none.of(randomTensor([1, 3, 4, 4], "y"))))).toEqual(new Array(48).fill(0));
    await none.close();
  });
});
