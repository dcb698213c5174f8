/** @file Many images through one explainer: order, batches, failures, and how far it reads ahead. */

import { describe, expect, it } from "vitest";
import { createExplainer } from "../../src/explain/explainer.js";
import type { Explainer, ExplainOptions } from "../../src/explain/options.js";
import { explainStream } from "../../src/explain/stream.js";
import { FoveaError } from "../../src/foundation/error.js";
import { mapAhead } from "../../src/foundation/map-ahead.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";
import { convNet, images } from "./architectures/networks.js";

const explainer = await createExplainer(await openModel(convNet(), runtime), { runtime });

/** Counts the images of each run. */
function counted(inner: Explainer): { explain: Explainer["explain"]; runs: number[] } {
  const runs: number[] = [];
  return {
    runs,
    explain: (input, options) => {
      runs.push(input.dims[0] as number);
      return inner.explain(input, options);
    },
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);
const read = async (n: number) => ({ input: images(1, `image ${n}`) });

describe("mapAhead(items, limit, map)", () => {
  it("keeps the order, works on several at a time and on no more than the limit", async () => {
    let [running, most] = [0, 0];
    const squares = mapAhead(numbered(20), 3, async (n) => {
      most = Math.max(most, ++running);
      await later((n * 7) % 5);
      running--;
      return n * n;
    });
    expect(await all(squares)).toEqual(numbered(20).map((n) => n * n));
    expect(most).toBe(3);
  });

  it("throws a failure in its turn, after what came before", async () => {
    const seen: number[] = [];
    const failing = async () => {
      for await (const n of mapAhead(numbered(9), 4, async (n) => (n === 3 ? Promise.reject(new Error("third")) : n)))
        seen.push(n);
    };
    await expect(failing()).rejects.toThrow("third");
    expect(seen).toEqual([0, 1, 2]);
  });

  it("begins nothing more when its consumer breaks off, waits for what is under way, and closes the source", async () => {
    let [begun, ended, closed] = [0, 0, false];
    async function* source() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    const slow = mapAhead(source(), 4, async (n) => {
      begun++;
      await later(5);
      ended++;
      return n;
    });
    for await (const n of slow) if (n === 5) break;
    expect([ended, closed]).toEqual([begun, true]);
    expect(begun).toBeLessThanOrEqual(10);
  });
});

describe("explainStream(explainer, sources, read)", () => {
  it("gives what single runs give, in order, a batch per run", async () => {
    const watched = counted(explainer);
    const results = await all(explainStream(watched, numbered(7), read, { batch: 3, classes: [2, "predicted"] }));
    expect(watched.runs).toEqual([3, 3, 1]);
    expect(results.map(({ source }) => source)).toEqual(numbered(7));
    for (const { source, explanation } of results) {
      const alone = await explainer.explain((await read(source)).input, { classes: [2, "predicted"] });
      expect(explanation?.classes).toEqual(alone.classes);
      expect(explanation?.predicted).toEqual(alone.predicted);
      for (const part of ["maps", "evidence", "scores", "probabilities", "weights"] as const) {
        const [mine, theirs] = [explanation?.[part] as Tensor, alone[part] as Tensor];
        expect(mine.dims).toEqual(theirs.dims);
        floats(mine).forEach((value, i) => {
          expect(value).toBeCloseTo(floats(theirs)[i] as number, 5);
        });
      }
    }
  });

  it("tells what is wrong with a source in its turn, and goes on", async () => {
    const spoiled = async (n: number) => {
      if (n === 1) throw new FoveaError("bad-file", "not a picture");
      const { input } = await read(n);
      if (n === 3) floats(input)[0] = Number.NaN;
      if (n === 5) return { input: randomTensor([1, 2, 5, 5], "small") };
      return { input };
    };
    const results = await all(explainStream(explainer, numbered(7), spoiled, { batch: 4 }));
    expect(results.map(({ error }) => error?.code)).toEqual([
      undefined,
      "bad-file",
      undefined,
      "bad-input",
      undefined,
      "shape-mismatch",
      undefined,
    ]);
  });

  it("throws what is no fault of a source", async () => {
    const broken = async () => Promise.reject(new TypeError("a bug"));
    await expect(all(explainStream(explainer, [1], broken))).rejects.toThrow("a bug");
  });

  it("takes sources of several images, and models that take one at a time", async () => {
    const op = new Builder();
    const x = op.input("x", "float32", [1, 2, 6, 6]);
    const features = op.Relu(op.Conv(x, op.constant(randomTensor([3, 2, 3, 3], "w"))));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), op.constant(randomTensor([3, 4], "head"))), "y");
    const single = await createExplainer(await openModel(op.graph, runtime), { runtime });
    const reading = async (n: number) => ({ input: images(n, `${n} images`) });
    const results = await all(explainStream(single, [1, 3, 2], reading, { batch: 2 }));
    expect(results.map(({ explanation }) => explanation?.maps.dims)).toEqual([
      [1, 1, 4, 4],
      [3, 1, 4, 4],
      [2, 1, 4, 4],
    ]);
    const alone = await single.explain(images(3, "3 images"));
    expect([...floats(results[1]?.explanation?.maps as Tensor)]).toEqual([...floats(alone.maps)]);
  });

  it("holds two batches at most, and takes sources that come one by one", async () => {
    let [given, most] = [0, 0];
    async function* camera() {
      while (given < 40) yield given++;
    }
    let done = 0;
    for await (const { source } of explainStream(explainer, camera(), read, { batch: 5 })) {
      most = Math.max(most, given - source);
      done++;
    }
    expect(done).toBe(40);
    expect(most).toBeLessThanOrEqual(11);
  });

  it("hands everything but the batch to the explainer", async () => {
    const given: (ExplainOptions | undefined)[] = [];
    const inner = {
      explain: (input: Tensor, options?: ExplainOptions) => {
        given.push(options);
        return explainer.explain(input, options);
      },
    };
    const unknown = { later: "an option that is added one day" };
    const how = { classes: [1], progress: () => undefined, signal: new AbortController().signal, ...unknown };
    await all(explainStream(inner, numbered(3), read, { batch: 2, ...how }));
    expect(given).toEqual([how, how]);
    expect(given.map((each) => each?.signal === how.signal)).toEqual([true, true]);
  });

  it("tells the progress of a method of many passes, and stops between two of them with the signal's reason", async () => {
    const rise = await createExplainer(explainer.model, { runtime, method: "rise", samples: 4000 });
    const told: (readonly [number, number])[] = [];
    const stop = new AbortController();
    const reason = new Error("enough");
    const progress = (done: number, total: number) => {
      told.push([done, total]);
      if (told.length === 3) stop.abort(reason);
    };
    const stream = explainStream(rise, numbered(3), read, { batch: 1, progress, signal: stop.signal });
    await expect(stream.next()).rejects.toBe(reason);
    expect(told.map(([, total]) => total)).toEqual([4000, 4000, 4000]);
    expect(told[2]?.[0]).toBeLessThan(400);
    expect(told[0]?.[0]).toBeGreaterThan(0);
    await rise.close();
  });

  it("explains nothing more after an abort, which is the fault of no source whatever its reason", async () => {
    const stop = new AbortController();
    const reason = new FoveaError("bad-input", "the caller's own reason");
    const watched = counted(explainer);
    const stream = explainStream(watched, numbered(6), read, { batch: 2, signal: stop.signal });
    expect((await stream.next()).value.source).toBe(0);
    stop.abort(reason);
    expect((await stream.next()).value.source).toBe(1);
    await expect(stream.next()).rejects.toBe(reason);
    expect(watched.runs).toEqual([2]);
  });

  it("refuses labels, which are for the images of one call", async () => {
    const how = { labels: [1, 2, 3] } as object;
    await expect(all(explainStream(explainer, [1], read, how))).rejects.toThrow(/labels: expected none/);
  });

  it.each([0, 1.5, Number.NaN])("refuses a batch of %s", async (batch) => {
    await expect(all(explainStream(explainer, [1], read, { batch }))).rejects.toThrow(/batch: expected a whole number/);
  });
});

describe("explainStream(explainer, sources, read, { fill, labelOf })", () => {
  it("fills up runs of fewer images, and gives an image the same numbers to the last bit whatever stands beside it", async () => {
    const { explain, runs } = counted(explainer);
    const maps = async (sources: readonly number[]) => {
      const found = await all(explainStream({ explain }, sources, read, { batch: 4, fill: true }));
      return new Map(found.map(({ source, explanation }) => [source, explanation && floats(explanation.maps)]));
    };
    const [whole, parts] = [await maps(numbered(7)), [await maps([0, 3, 6]), await maps([1, 2, 4, 5])]];
    expect(runs).toEqual([4, 4, 4, 4]);
    for (const part of parts) for (const [source, map] of part) expect(map).toEqual(whole.get(source));
  });

  it("runs what holds several images as it is, by itself", async () => {
    const { explain, runs } = counted(explainer);
    const several = async (n: number) => ({ input: images(n, `image ${n}`) });
    const found = await all(explainStream({ explain }, [1, 3, 1, 1], several, { batch: 4, fill: true }));
    expect(runs).toEqual([4, 3, 4]);
    expect(found.map(({ explanation }) => explanation?.maps.dims[0])).toEqual([1, 3, 1, 1]);
  });

  it("explains each source's own class", async () => {
    const labels = [1, 0, 2, 0, 1];
    const found = await all(
      explainStream(explainer, numbered(5), read, { batch: 2, fill: true, labelOf: (n) => labels[n] ?? 0 }),
    );
    expect(found.map(({ explanation }) => explanation?.classes[0])).toEqual(labels.map((label) => [label]));
    const { input } = await read(2);
    const alone = await explainer.explain(input, { classes: [2] });
    const map = found[2]?.explanation?.maps;
    floats(alone.maps).forEach((value, i) => {
      expect(map && floats(map)[i]).toBeCloseTo(value, 5);
    });
  });
});
