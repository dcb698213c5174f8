/** @file Many images through one classifier. */

import { describe, expect, it } from "vitest";
import { FoveaError } from "../../../src/foundation/error.js";
import { classifyStream } from "../../../src/model/run/classify-stream.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";

/** Gives each image's first value and its double, and keeps the sizes of the batches. */
function doubling() {
  const batches: number[] = [];
  const classify = async (images: Tensor) => {
    const count = images.dims[0] as number;
    batches.push(count);
    const values = Array.from({ length: count }, (_, i) => floats(images)[(i * images.size) / count] as number);
    return float32(
      [count, 2],
      values.flatMap((value) => [value, 2 * value]),
    );
  };
  return { batches, classify };
}

const read = async (source: number) => {
  if (source === 3) throw new FoveaError("bad-file", "3: no picture");
  return float32([1, 1, 2, 2], [source, 0, 0, 0]);
};

describe("classifyStream(classifier, sources, read)", () => {
  it("hands out results in order, batch by batch, and failures in their places", async () => {
    const { batches, classify } = doubling();
    const results = [];
    for await (const { source, probabilities, error } of classifyStream({ classify }, [1, 2, 3, 4, 5], read, {
      batch: 2,
    }))
      results.push(error ? `${source}: ${error.message}` : `${source}: ${[...probabilities]}`);
    expect(results).toEqual(["1: 1,2", "2: 2,4", "3: 3: no picture", "4: 4,8", "5: 5,10"]);
    expect(batches).toEqual([2, 1, 1]);
  });

  it("runs the images of a refused batch one by one, and hands out those that are refused still as failures", async () => {
    const { batches, classify } = doubling();
    const refusing = async (images: Tensor) => {
      if (floats(images).includes(4)) throw new FoveaError("bad-input", "no fours");
      return classify(images);
    };
    const results = [];
    for await (const { source, probabilities, error } of classifyStream({ classify: refusing }, [3, 4, 5, 6], read, {
      batch: 3,
    }))
      results.push(error ? `${source}: ${error.message}` : `${source}: ${[...probabilities]}`);
    expect(results).toEqual(["3: 3: no picture", "4: no fours", "5: 5,10", "6: 6,12"]);
    expect(batches).toEqual([1, 1]);
  });

  it("runs nothing for a batch of failures, and passes on errors that are not the source's", async () => {
    const { batches, classify } = doubling();
    for await (const { error } of classifyStream({ classify }, [3, 3], read)) expect(error?.code).toBe("bad-file");
    expect(batches).toEqual([]);
    const broken = async () => {
      throw new TypeError("ours");
    };
    await expect(classifyStream({ classify }, [1], broken).next()).rejects.toThrow("ours");
  });
});
