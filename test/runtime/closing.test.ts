/** @file Sessions that are closed: while they run, while they are opened, twice; and those that could not be opened. */

import { beforeAll, describe, expect, it } from "vitest";
import { closeAll } from "../../src/foundation/lifetime.js";
import { Builder } from "../../src/onnx/builder.js";
import { emptyGraph, type Graph } from "../../src/onnx/graph.js";
import { float32, floats } from "../../src/onnx/tensor.js";
import { createNodeRuntime } from "../../src/runtime/node.js";
import { runOnce } from "../../src/runtime/run-once.js";
import type { Runtime, Session } from "../../src/runtime/session.js";
import { SessionCache } from "../../src/runtime/session-cache.js";
import { createWebRuntime } from "../../src/runtime/web.js";

const closed = { name: "FoveaError", code: "closed" };
const x = float32([1, 2], [1, -2]);

function doubling(): Graph {
  const op = new Builder(emptyGraph("doubling"));
  const input = op.input("x", "float32", ["N", 2]);
  op.output(op.Add(input, input), "y");
  return op.graph;
}

describe.each<[string, () => Promise<Runtime>]>([
  ["Node's runtime", async () => createNodeRuntime({ threads: 1 })],
  ["the runtime of pages", () => createWebRuntime({ provider: "wasm", threads: 1 })],
])("a session of %s", (_, create) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await create();
  });

  it("finishes what runs before it closes, and refuses every run after that", async () => {
    for (let round = 0; round < 10; round++) {
      const session = await runtime.open(doubling());
      const running = Array.from({ length: 8 }, () => session.run({ x }));
      const closing = session.close();
      await expect(session.run({ x })).rejects.toMatchObject(closed);
      for (const { y } of await Promise.all(running)) expect(y && [...floats(y)]).toEqual([2, -4]);
      await closing;
      await expect(session.run({ x })).rejects.toThrow("session: expected an open one, got one that was closed");
      await session.close();
    }
  });

  it("is closed after it ran once, also where that failed", async () => {
    let closings = 0;
    const counting: Runtime = {
      ...runtime,
      async open(...args) {
        const session = await runtime.open(...args);
        return { ...session, close: () => session.close().then(() => void closings++) };
      },
    };
    const { y } = await runOnce(counting, doubling(), { x });
    expect(y && [...floats(y)]).toEqual([2, -4]);
    await expect(runOnce(counting, doubling(), { x: float32([1, 3], [1, 2, 3]) })).rejects.toThrow();
    expect(closings).toBe(2);
  });
});

/** Sessions that open and close as they are told. */
function fakeSessions() {
  const events: string[] = [];
  const fake = (name: string, broken = false): Session => ({
    inputs: [],
    outputs: [],
    run: async () => ({}),
    async close() {
      events.push(`${name} closed`);
      if (broken) throw new Error(`${name} does not close`);
    },
  });
  return { events, fake };
}

describe("a cache of sessions", () => {
  it("opens a session once, and one that could not be opened again", async () => {
    const { fake } = fakeSessions();
    const cache = new SessionCache<string>();
    let openings = 0;
    const open = async () => {
      if (++openings === 1) throw new Error("no memory");
      return fake("a");
    };
    const first = await Promise.allSettled([cache.get("a", open), cache.get("a", open)]);
    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const [one, two] = [await cache.get("a", open), await cache.get("a", open)];
    expect([one === two, openings]).toEqual([true, 2]);
    const thrown = () => {
      throw new Error("no graph");
    };
    await expect(cache.get("b", thrown)).rejects.toThrow("no graph");
    expect(await cache.get("b", open)).toBeDefined();
  });

  it("closes those that are being opened while it closes, and opens no others", async () => {
    const { events, fake } = fakeSessions();
    const cache = new SessionCache<string>();
    let opened: (session: Session) => void = () => undefined;
    const opening = cache.get("a", () => new Promise<Session>((resolve) => (opened = resolve)));
    const closing = cache.close();
    await expect(cache.get("b", async () => fake("b"))).rejects.toMatchObject(closed);
    opened(fake("a"));
    await Promise.all([opening, closing, cache.close()]);
    await expect(cache.get("a", async () => fake("a"))).rejects.toMatchObject(closed);
    expect(events).toEqual(["a closed"]);
  });

  it("closes all, also where one does not close, and says so then", async () => {
    const { events, fake } = fakeSessions();
    const cache = new SessionCache<string>();
    for (const name of ["a", "b", "c"]) await cache.get(name, async () => fake(name, name === "a"));
    await expect(cache.close()).rejects.toThrow("a does not close");
    expect(events.sort()).toEqual(["a closed", "b closed", "c closed"]);
    await expect(closeAll([])).resolves.toBeUndefined();
  });
});
