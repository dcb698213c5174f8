/** @file The node runtime: what it runs, what it writes to, what it says when something does not fit. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph, type Graph } from "../../src/onnx/graph.js";
import { float32, floats, int64, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import type { Session, SessionOptions } from "../../src/runtime/session.js";
import { randomTensor } from "../support/models/random-tensor.js";
import { runtime } from "../support/runtime.js";

function doubling(): Graph {
  const op = new Builder(emptyGraph("doubling"));
  const x = op.input("x", "float32", ["N", 2]);
  op.output(op.Add(x, x), "doubled");
  op.output(op.Neg(x), "negated");
  return op.graph;
}

async function opened<T>(model: Graph | Uint8Array, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await runtime.open(model, { threads: 1 });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

const x = float32([1, 2], [1, 2]);

describe("createNodeRuntime", () => {
  it("refuses a device that there is not, naming those there are, and threads that are no number of them", () => {
    const made = (options: object) => () => createNodeRuntime(options);
    expect(made({ device: "gpu" })).toThrow(/^unknown device "gpu": expected one of .*cpu/);
    for (const threads of [0, -1, 1.5, Number.NaN, "two"]) {
      expect(made({ threads })).toThrow(
        `threads: expected a whole number from 1 on, got ${typeof threads === "string" ? `"${threads}"` : threads}`,
      );
    }
  });

  it("opens sessions with its own threads, unless they ask for others", async () => {
    const { InferenceSession } = await import("onnxruntime-node");
    const create = vi.spyOn(InferenceSession, "create");
    const three = createNodeRuntime({ threads: 3 });
    for (const options of [{}, { threads: undefined }, { threads: 2 }])
      await (await three.open(doubling(), options)).close();
    await (await createNodeRuntime().open(doubling())).close();
    const asked = create.mock.calls.map(([, options]) => (options as { intraOpNumThreads?: number }).intraOpNumThreads);
    create.mockRestore();
    expect(asked).toEqual([3, 3, 2, undefined]);
  });

  it("tells onnxruntime of no provider for the processor, of which the name says nothing either", async () => {
    const { InferenceSession } = await import("onnxruntime-node");
    const create = vi.spyOn(InferenceSession, "create");
    const cpu = createNodeRuntime({ device: "cpu" });
    await (await cpu.open(doubling())).close();
    const [call] = create.mock.calls;
    create.mockRestore();
    expect(Object.keys(call?.[1] ?? {})).not.toContain("executionProviders");
    expect(cpu.name).toBe(runtime.name);
    expect(createNodeRuntime({ device: "cuda:1" }).name).toBe(`${runtime.name} (cuda:1)`);
  });

  it("names the engine and its version", () => {
    expect(runtime.name).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
  });

  it("opens a graph and a file's bytes alike", async () => {
    const run = (session: Session) => session.run({ x });
    const results = await opened(doubling(), run);
    expect(results.doubled?.data).toEqual(Float32Array.of(2, 4));
    expect(await opened(writeModel(doubling()), run)).toEqual(results);
  });

  it("tells the inputs and outputs of a session, symbolic sizes by name", async () => {
    await opened(doubling(), async ({ inputs, outputs }) => {
      expect(inputs).toEqual([{ name: "x", type: "float32", dims: ["N", 2] }]);
      expect(outputs.map(({ name, type, dims }) => ({ name, type, dims }))).toEqual([
        { name: "doubled", type: "float32", dims: ["N", 2] },
        { name: "negated", type: "float32", dims: ["N", 2] },
      ]);
    });
  });

  it("writes to tensors that it is given, and allocates the rest", async () => {
    const into = float32([1, 2], [0, 0]);
    await opened(doubling(), async (session) => {
      const results = await session.run({ x }, { doubled: into });
      expect(results.doubled).toBe(into);
      expect(into.data).toEqual(Float32Array.of(2, 4));
      expect(results.negated?.data).toEqual(Float32Array.of(-1, -2));
      await session.run({ x: float32([1, 2], [5, 6]) }, { doubled: into });
      expect(into.data).toEqual(Float32Array.of(10, 12));
    });
  });

  it("writes to a part of a larger buffer", async () => {
    const buffer = new Float32Array(6);
    const rows = [0, 1, 2].map((i) => new Tensor("float32", [1, 2], buffer.subarray(2 * i, 2 * i + 2)));
    await opened(doubling(), (session) => session.run({ x }, { negated: rows[1] as Tensor }));
    expect(buffer).toEqual(Float32Array.of(0, 0, -1, -2, 0, 0));
  });

  it.each([
    ["int64", BigInt64Array.of(3n, -4n)],
    ["int32", Int32Array.of(3, -4)],
    ["uint8", Uint8Array.of(3, 250)],
    ["float64", Float64Array.of(0.1, -4)],
    ["bool", Uint8Array.of(1, 0)],
    ["float16", Uint16Array.of(0x3e00, 0xc000)],
  ] as const)("passes %s through", async (type, data) => {
    const op = new Builder();
    op.output(op.Identity(op.input("x", type, [2])), "y");
    const { y } = await opened(op.graph, (session) => session.run({ x: new Tensor(type, [2], data) }));
    expect([y?.type, y?.dims, y?.data]).toEqual([type, [2], data]);
  });
});

describe("createNodeRuntime says in one line", () => {
  const failure = async (action: Promise<unknown>) => {
    const error = await action.then(
      () => undefined,
      (reason) => reason,
    );
    const { code, message } = error as { code: string; message: string };
    expect(message).not.toContain("\n");
    return `${code}: ${message}`;
  };
  const run = (feeds: Record<string, Tensor>, into?: Record<string, Tensor>) =>
    failure(opened(doubling(), (session) => session.run(feeds, into)));

  it("that an operator does not exist", async () => {
    const op = new Builder();
    op.output(op.node("Nonsense", [op.input("x", "float32", [1])])[0] as string);
    expect(await failure(runtime.open(op.graph))).toMatchInlineSnapshot(
      `"bad-graph: onnxruntime refused the model: node "Nonsense" (Nonsense): No Op registered for Nonsense with domain_version of 18"`,
    );
  });

  it("that shapes contradict each other", async () => {
    const op = new Builder();
    op.output(op.MatMul(op.input("x", "float32", [2, 3]), op.constant(float32([2, 2], [1, 2, 3, 4]))));
    expect(await failure(runtime.open(op.graph))).toMatchInlineSnapshot(
      `"bad-graph: onnxruntime refused the model: Node (MatMul) Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication"`,
    );
  });

  it("that bytes are no model", async () => {
    expect(await failure(runtime.open(Uint8Array.of(1, 2, 3)))).toMatchInlineSnapshot(
      `"bad-graph: onnxruntime refused the model: Failed to load model because protobuf parsing failed."`,
    );
  });

  it("that an input is missing, or of a wrong shape or type", async () => {
    expect([
      await run({}),
      await run({ x: float32([1, 3], [1, 2, 3]) }),
      await run({ x: float32([2], [1, 2]) }),
      await run({ x: int64([1, 2], [1, 2]) }),
    ]).toMatchInlineSnapshot(`
      [
        "shape-mismatch: onnxruntime could not run the model: input 'x' is missing in 'feeds'.",
        "shape-mismatch: onnxruntime could not run the model: Got invalid dimensions for input: x for the following indices index: 1 Got: 3 Expected: 2 Please fix either the inputs/outputs or the model.",
        "shape-mismatch: onnxruntime could not run the model: Invalid rank for input: x Got: 1 Expected: 2 Please fix either the inputs/outputs or the model.",
        "shape-mismatch: onnxruntime could not run the model: Unexpected input data type. Actual: (tensor(int64)) , expected: (tensor(float))",
      ]
    `);
  });

  it("that a tensor to write to is unknown or too small", async () => {
    expect([
      await run({ x }, { nothing: x }),
      await run({ x }, { doubled: float32([1, 1], [0]) }),
    ]).toMatchInlineSnapshot(`
      [
        "unknown-name: unknown output "nothing": expected one of doubled, negated",
        "shape-mismatch: onnxruntime could not run the model: Got invalid dimensions for output: doubled for the following indices index: 1 Got: 1 Expected: 2 Please fix either the inputs/outputs or the model.",
      ]
    `);
  });
});

describe("weights", () => {
  const folder = mkdtempSync(join(tmpdir(), "fovea-weights-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** y = x · w + w, with w where `place` puts it. */
  const product = async (w: Tensor, options?: SessionOptions) => {
    const op = new Builder();
    const weight = op.constant(w, "w");
    op.output(
      op.Add(op.MatMul(op.input("x", "float32", [2, 200]), weight), op.Slice(weight, op.ints([0]), op.ints([2]))),
      "y",
    );
    const session = await runtime.open(op.graph, options);
    const { y } = await session.run({ x: randomTensor([2, 200], "x") });
    await session.close();
    return floats(y as Tensor);
  };

  it("give the same from a file, at any offset, as from memory, repacked or not", async () => {
    const w = randomTensor([200, 200], "w");
    const expected = await product(w);
    const unpacked = await product(w, { repack: false });
    expect(unpacked.every((value, i) => Math.abs(value - (expected[i] as number)) < 1e-4)).toBe(true);
    const shifted = new Uint8Array(w.byteLength + 3);
    shifted.set(w.bytes, 3);
    expect(await product(new Tensor("float32", [200, 200], shifted.subarray(3)))).toEqual(expected);
    writeFileSync(join(folder, "weights"), shifted);
    const read = () => {
      throw new Error("the runtime maps the file itself");
    };
    const file = { path: join(folder, "weights"), offset: 3, byteLength: w.byteLength, read };
    expect(await product(new Tensor("float32", [200, 200], file))).toEqual(expected);
    expect(await product(new Tensor("float32", [200, 200], file), { repack: false })).toEqual(unpacked);
  });

  it("may lie in files of several folders", async () => {
    const [a, b] = ["a", "b"].map((name) => {
      const w = randomTensor([200, 200], name);
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "weights"), w.bytes);
      const file = { path: join(folder, name, "weights"), offset: 0, byteLength: w.byteLength, read: () => w.bytes };
      return [w, new Tensor("float32", [200, 200], file)] as const;
    }) as [readonly [Tensor, Tensor], readonly [Tensor, Tensor]];
    const sum = async (...weights: readonly Tensor[]) => {
      const op = new Builder();
      op.output(op.Add(op.input("x", "float32", [1]), op.Add(...weights.map((w) => op.constant(w)))), "y");
      return (await (await runtime.open(op.graph)).run({ x: float32([1], [0]) })).y;
    };
    expect(await sum(a[1], b[1])).toEqual(await sum(a[0], b[0]));
  });
});

it("gives the event loop a turn after each run, so that a signal to a busy process is known before the next", async () => {
  await opened(doubling(), async (session) => {
    await session.run({ x });
    let noticed = false;
    const notice = () => {
      noticed = true;
    };
    process.once("SIGUSR2", notice);
    // Sent in the turn that computes: what waits for the system is only asked in the next one.
    setImmediate(() => process.kill(process.pid, "SIGUSR2"));
    await session.run({ x });
    process.off("SIGUSR2", notice);
    expect(noticed).toBe(true);
  });
});
