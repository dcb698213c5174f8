/** @file The queue and the intake: which images share a run, when, and what is refused. */

import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EngineImage, Job, Scored } from "../../../src/serve/api/engine/messages.js";
import { Intake } from "../../../src/serve/api/queue/intake.js";
import { Queue, type Task } from "../../../src/serve/api/queue/queue.js";
import { Ticket } from "../../../src/serve/api/queue/ticket.js";

const image: EngineImage = { file: Uint8Array.of(1) };
const score: Job = { model: "m", explain: undefined };
const other: Job = { model: "n", explain: undefined };
const never = new AbortController().signal;
const ticket = (deadline = 3_600_000) => new Ticket({ deadline, bytes: 0 });
const result = (label: string): Scored => ({
  predicted: { index: 0, label, score: 0, probability: 0 },
  scores: new Float32Array(),
  probabilities: new Float32Array(),
});

/** Answers a batch with a number for each of its images. */
function answer(batch: readonly Task[] | undefined): number {
  for (const [i, task] of (batch ?? []).entries()) task.resolve(result(String(i)));
  return batch?.length ?? 0;
}

afterEach(() => vi.useRealTimers());

describe("a queue", () => {
  it("joins images of several requests, up to the largest batch", async () => {
    const queue = new Queue({ maxBatch: 3, maxDelay: 0 });
    const results = [1, 1, 2].map((count) => queue.submit(score, Array(count).fill(image), ticket()));
    expect([answer(await queue.next(never)), answer(await queue.next(never))]).toEqual([3, 1]);
    expect((await Promise.all(results)).map((each) => each.length)).toEqual([1, 1, 2]);
    expect(queue.length).toBe(0);
  });

  it("keeps models, options and sizes apart, the oldest first", async () => {
    const queue = new Queue({ maxBatch: 8, maxDelay: 0 });
    const tensor = (size: number): EngineImage => ({
      tensor: { type: "float32", dims: [1, size], bytes: new Uint8Array(4 * size) },
    });
    void queue.submit(other, [image], ticket());
    void queue.submit(score, [image, tensor(2), tensor(3), image], ticket());
    const keys: string[] = [];
    while (queue.length > 0) {
      const batch = (await queue.next(never)) ?? [];
      keys.push(`${batch[0]?.job.model} ${batch.length}`);
    }
    expect(keys).toEqual(["n 1", "m 2", "m 1", "m 1"]);
  });

  it("waits for others as long as it is told, unless a batch is full", async () => {
    const queue = new Queue({ maxBatch: 2, maxDelay: 80 });
    vi.useFakeTimers();
    void queue.submit(score, [image], ticket());
    const first = queue.next(never);
    await vi.advanceTimersByTimeAsync(20);
    void queue.submit(other, [image, image], ticket());
    expect((await first)?.[0]?.job).toBe(other);
    const given = vi.fn();
    const second = queue.next(never).then(given);
    await vi.advanceTimersByTimeAsync(59);
    expect(given).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await second;
    expect(given).toHaveBeenCalledWith([expect.objectContaining({ job: score })]);
  });

  it("drops images whose time is up, or whose client is gone, and answers at once", async () => {
    const queue = new Queue({ maxBatch: 8, maxDelay: 0 });
    const late = queue.submit(score, [image], ticket(20));
    await expect(late).rejects.toThrow("the request: expected a result within 20 ms, got none in that time");
    const gone = ticket();
    const left = queue.submit(score, [image, image], gone);
    gone.end();
    await expect(left).rejects.toThrow("its client went away");
    expect(queue.length).toBe(0);
    await expect(queue.submit(score, [image], gone)).rejects.toThrow("its client went away");
  });

  it("drops the other images of a request when one of them fails", async () => {
    const queue = new Queue({ maxBatch: 1, maxDelay: 0 });
    const results = queue.submit(score, [image, image, image], ticket());
    const [task] = (await queue.next(never)) ?? [];
    task?.reject(new Error("broken"));
    await expect(results).rejects.toThrow("broken");
    expect(queue.length).toBe(0);
  });

  it("gives images that are put back first, each alone, but not those that nobody waits for", async () => {
    const queue = new Queue({ maxBatch: 4, maxDelay: 0 });
    const gone = ticket();
    const abandoned = queue.submit(score, [image], gone).catch(() => "left");
    const results = queue.submit(score, [image, image], ticket());
    const batch = (await queue.next(never)) ?? [];
    expect(batch).toHaveLength(3);
    gone.end();
    const later = queue.submit(score, [image], ticket());
    queue.putBack(batch);
    const sizes = [];
    for (let i = 0; i < 3; i++) sizes.push(answer(await queue.next(never)));
    expect(sizes).toEqual([1, 1, 1]);
    expect([await results, await later, await abandoned].map((each) => each.length)).toEqual([2, 1, 4]);
  });

  it("lets a worker go that does not want a batch any more", async () => {
    const queue = new Queue({ maxBatch: 4, maxDelay: 0 });
    const controller = new AbortController();
    const waiting = queue.next(controller.signal);
    controller.abort();
    expect(await waiting).toBeUndefined();
    expect(await queue.next(controller.signal)).toBeUndefined();
    void queue.submit(score, [image], ticket());
    expect(await queue.next(never)).toHaveLength(1);
  });
});

describe("an intake", () => {
  const limits = { deadline: 1000, bytes: 10 };

  it("lets in as many requests as can wait, counting those that are still read", () => {
    let waiting = 0;
    const intake = new Intake({ maxQueue: 3, maxBytes: 1000, waiting: () => waiting });
    const [first] = [intake.enter(limits), intake.enter(limits)];
    waiting = 1;
    expect(() => intake.enter(limits)).toThrow("expected room for another request, got a full queue");
    intake.accept(first, 1);
    intake.enter(limits);
    expect(() => intake.accept(first, 3)).toThrow("got a full queue");
  });

  it("lets in no more bytes than it may hold", () => {
    const intake = new Intake({ maxQueue: 100, maxBytes: 25, waiting: () => 0 });
    const [first] = [intake.enter(limits), intake.enter(limits)];
    expect(() => intake.enter(limits)).toThrow("got a full queue");
    intake.leave(first);
    intake.leave(first);
    intake.enter(limits);
    expect(() => intake.enter(limits)).toThrow("got a full queue");
  });

  it("stops when all who are in have left, and lets in nobody else", async () => {
    const intake = new Intake({ maxQueue: 3, maxBytes: 1000, waiting: () => 0 });
    const inside = intake.enter(limits);
    let isOver = false;
    const stopping = intake.stop().then(() => {
      isOver = true;
    });
    expect(() => intake.enter(limits)).toThrow("got one that stops");
    await wait(10);
    expect(isOver).toBe(false);
    intake.leave(inside);
    await stopping;
    await intake.stop();
  });
});
