/** @file The host of the page's worker: what it restores, and when it ends a worker. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineHost } from "../../../web/src/engine/engine-host.js";

/** A worker that answers as it is told, and remembers what it was asked. */
class FakeWorker extends EventTarget {
  readonly asked: string[] = [];
  isTerminated = false;
  terminate(): void {
    this.isTerminated = true;
  }
}

type Answers = ReadonlyMap<string, (...args: unknown[]) => unknown>;
type Requests =
  | "start"
  | "openModel"
  | "openPictures"
  | "closePictures"
  | "explain"
  | "layerMaps"
  | "around"
  | "cancel";
type FakeEngine = Readonly<Record<Requests, (...args: unknown[]) => Promise<unknown>>>;

const never = () => new Promise(() => undefined);

/** A host, and the workers that it began; `answers` are those of each in turn, the last one's for all that follow. */
function hosted(answers: readonly Readonly<Record<string, (...args: unknown[]) => unknown>>[], seconds = 10) {
  const workers: FakeWorker[] = [];
  const silences: (number | undefined)[] = [];
  const restored: unknown[] = [];
  const host = new EngineHost<FakeEngine>({
    ownModel: ["own"],
    begin: () => {
      const worker = new FakeWorker();
      const told = answers[Math.min(workers.length, answers.length - 1)];
      const own: Answers = new Map(Object.entries({ openPictures: pictures, ...told }));
      workers.push(worker);
      const get =
        (_: unknown, name: string) =>
        async (...args: unknown[]) => {
          if (name === "isAlive" && !own.has("isAlive")) {
            worker.dispatchEvent(new Event("message"));
            return true;
          }
          if (name !== "isAlive") worker.asked.push(`${name} ${JSON.stringify(args)}`);
          const result = await own.get(name)?.(...args);
          worker.dispatchEvent(new Event("message"));
          return result;
        };
      return { worker, engine: new Proxy({}, { get }) as FakeEngine };
    },
    seconds,
    onSilence: (silence) => silences.push(silence),
    onRestored: (other) => restored.push(other),
  });
  return { host, workers, silences, restored };
}

/** Starts an engine, and opens a model and two of three pictures, of which it closes one. */
async function opened({ engine }: EngineHost<FakeEngine>): Promise<FakeEngine> {
  await engine.start("options");
  await engine.openModel("files");
  await engine.openPictures(["a", "broken", "c"]);
  await engine.closePictures([1]);
  return engine;
}

const pictures = () => [{ view: { id: 1 } }, { reason: "broken" }, { view: { id: 2 } }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the host of the worker", () => {
  it("has another worker open what was open, and rejects what waited", async () => {
    const { host, workers, restored } = hosted([{ explain: never }, {}]);
    const engine = await opened(host);
    const waiting = engine.explain("request");
    const control = engine.cancel();
    await vi.advanceTimersByTimeAsync(1);
    host.end(new Error("crashed"));
    await expect(waiting).rejects.toThrow("crashed");
    expect(await control).toBeUndefined();
    await engine.layerMaps(3);
    expect(restored).toEqual([undefined]);
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    expect(workers[1]?.asked).toEqual([
      'start ["options"]',
      'restorePictures [[[2,"c"]]]',
      'openModel ["files"]',
      "layerMaps [3]",
    ]);
  });

  it("asks again for pictures that were to be opened when the worker was ended", async () => {
    const { host, workers } = hosted([{ openPictures: never }, {}]);
    const opening = host.engine.openPictures(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    host.end(new Error("crashed"));
    expect(await opening).toEqual(pictures());
    expect(workers[1]?.asked).toEqual(['openPictures [["a"]]']);
  });

  it("ends a worker that does not answer while something waits, and tells how long it has not", async () => {
    const { host, workers, silences } = hosted([{ explain: never, isAlive: never }, {}], 8);
    const engine = await opened(host);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(workers).toHaveLength(1);
    const waiting = engine.explain("request").catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(9000);
    expect(await waiting).toMatch(/^It took longer than 8 s and was ended: /);
    expect(silences).toEqual([4, 5, 6, 7, 8, undefined]);
    expect(workers).toHaveLength(2);
  });

  it("leaves one alone that answers between its runs, however long the whole takes", async () => {
    const { host, workers, silences } = hosted([{ explain: never }], 8);
    const engine = await opened(host);
    engine.explain("request");
    await vi.advanceTimersByTimeAsync(600_000);
    expect([workers.length, silences]).toEqual([1, []]);
  });

  it("opens the page's own model where the one that was open ends the next worker as well", async () => {
    const own = { openSample: () => "digits" };
    const { host, workers, restored } = hosted([{ explain: never }, { openModel: never, isAlive: never }, own], 5);
    const engine = await opened(host);
    host.end(new Error("crashed"));
    await vi.advanceTimersByTimeAsync(6000);
    expect(restored).toEqual(["digits"]);
    expect(workers[2]?.asked.map((text) => text.split(" ")[0])).toEqual(["start", "restorePictures", "openSample"]);
    expect(await engine.around("layer")).toBeUndefined();
  });

  it("opens the page's own model where the one that was open is refused now", async () => {
    const refuse = () => Promise.reject(new Error("no memory"));
    const { host, workers, restored } = hosted([{}, { openModel: refuse, openSample: () => "digits" }]);
    await opened(host);
    host.end(new Error("crashed"));
    await vi.advanceTimersByTimeAsync(1);
    expect([workers.length, restored]).toEqual([2, ["digits"]]);
  });

  it("keeps the model that was open before one that a worker was ended for", async () => {
    const { host, workers } = hosted([{ openModel: (files) => (files === "bad" ? never() : "view") }, {}]);
    const engine = await opened(host);
    const opening = engine.openModel("bad");
    await vi.advanceTimersByTimeAsync(1);
    host.end(new Error("crashed"));
    await expect(opening).rejects.toThrow("crashed");
    await vi.advanceTimersByTimeAsync(1);
    expect(workers[1]?.asked).toContain('openModel ["files"]');
  });

  it("gives up after some workers that were ended one after the other", async () => {
    const { host } = hosted([{}, { start: never }]);
    const engine = await opened(host);
    for (let i = 0; i < 5; i++) host.end(new Error("crashed"));
    await expect(engine.around("layer")).rejects.toThrow("The page cannot go on: load it again.");
  });
});
