/** @file A server that has more to do than it can, whose workers die, and that is told to stop: nothing that it accepted is lost. */

import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { instancesOf, type Reply, serving, type TestServer } from "./serve.js";
import { shapeFiles } from "./shapes.js";

let instances: ReturnType<typeof instancesOf>;

beforeAll(async () => {
  instances = instancesOf(...(await shapeFiles(1)));
});

/** Takes about a second, in many runs. */
const slow = { method: "rise" };
const path = "/v1/models/shapes:explain";

function explain(server: TestServer, parameters: object = {}, headers: Record<string, string> = {}): Promise<Reply> {
  return server.ask(path, { body: { instances, parameters }, headers });
}

const statuses = (replies: readonly Reply[]) => replies.map(({ status }) => status);
const runs = (server: TestServer) => server.metric('batch_images_count{model="shapes",kind="explain"}');

/** Until so many images have been let in, and workers have taken some of them. */
async function untilTaken(server: TestServer, images = 1): Promise<void> {
  const inside = async () => {
    const computing = await server.metric("computing_images");
    return computing > 0 ? computing + (await server.metric("queue_images")) : 0;
  };
  await expect.poll(inside, { interval: 10 }).toBe(images);
}

/** Does something while the worker computes nothing, however long that takes. */
async function whileHeld<Result>(server: TestServer, action: () => Promise<Result>): Promise<Result> {
  const [pid = 0] = server.pids();
  process.kill(pid, "SIGSTOP");
  try {
    return await action();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

describe("overload", () => {
  it("answers 503 at once to what cannot wait, and computes all that it accepted", async () => {
    const server = await serving({ maxQueue: 4, maxBatch: 1 });
    const first = explain(server, slow);
    await untilTaken(server);
    const refused: Reply[] = [];
    const asked = await whileHeld(server, async () => {
      const all = Array.from({ length: 20 }, async () => {
        const reply = await explain(server);
        if (reply.status === 503) refused.push(reply);
        return reply;
      });
      await expect.poll(() => refused.length).toBe(16);
      return all;
    });
    const replies = await Promise.all(asked);
    expect(statuses(replies).filter((status) => status === 200)).toHaveLength(4);
    expect(refused).toHaveLength(16);
    for (const { headers, body } of refused) {
      expect(headers["retry-after"]).toBe("1");
      expect(body.error).toBe("the server: expected room for another request, got a full queue: try again");
    }
    expect((await first).status).toBe(200);
    expect(await server.metric(`requests_total{route="/v1/models/:model:explain",model="shapes",status="503"}`)).toBe(
      16,
    );
    expect((await explain(server)).status).toBe(200);
  });

  it("refuses a request whose images cannot all wait: for now, or for ever", async () => {
    const server = await serving({ maxQueue: 2, maxBatch: 1 });
    const send = (count: number) => server.ask(path, { body: { instances: Array(count).fill(instances[0]) } });
    const first = explain(server, slow);
    await untilTaken(server);
    const { waiting, replies } = await whileHeld(server, async () => {
      const waiting = explain(server);
      await untilTaken(server, 2);
      return { waiting, replies: await Promise.all([send(2), send(3)]) };
    });
    expect(statuses(replies)).toEqual([503, 400]);
    expect((await waiting).status).toBe(200);
    expect(replies[1].body.error).toBe("instances: expected 1 to 2 images, got 3");
    expect((await first).status).toBe(200);
  });
});

describe("deadlines", () => {
  it("answer 504 in time, and what waits is then not computed", async () => {
    const server = await serving({ maxBatch: 1 });
    const first = explain(server, slow);
    await untilTaken(server);
    const late = await whileHeld(server, () => explain(server, {}, { "Request-Timeout-Ms": "100" }));
    expect([late.status, late.body.error]).toEqual([
      504,
      "the request: expected a result within 100 ms, got none in that time",
    ]);
    expect((await first).status).toBe(200);
    expect(await runs(server)).toBe(1);
    expect((await explain(server)).status).toBe(200);
    expect(await runs(server)).toBe(2);
  });

  it("break off work that nobody waits for, and the worker goes on with others", async () => {
    const server = await serving({ deadline: 100_000 });
    const work = { instances: Array(8).fill(instances[0]), parameters: slow };
    const timed = async (asked: Promise<Reply>) => {
      const began = performance.now();
      const { status } = await asked;
      return { status, milliseconds: performance.now() - began };
    };
    const whole = await timed(server.ask(path, { body: work }));
    expect(whole.status).toBe(200);
    const late = await timed(server.ask(path, { body: work, headers: { "Request-Timeout-Ms": "100" } }));
    expect(late.status).toBe(504);
    const next = await timed(explain(server));
    expect(next.status).toBe(200);
    expect(next.milliseconds).toBeLessThan(whole.milliseconds / 2);
    expect(await server.metric("worker_crashes_total")).toBe(0);
  });

  it("are whole numbers of milliseconds", async () => {
    const server = await serving({ opens: false });
    for (const value of ["0", "-5", "soon", "1.5"]) {
      const { status, body } = await explain(server, {}, { "Request-Timeout-Ms": value });
      expect([status, body.error]).toEqual([
        400,
        "Request-Timeout-Ms: expected a whole number of milliseconds from 1 on, got another text",
      ]);
    }
  });
});

describe("a worker that is killed", () => {
  it("in the middle of a batch costs nothing: its images are computed again, and the crash is counted and logged", async () => {
    const server = await serving({ maxBatch: 8, maxDelay: 100 });
    const replies = Array.from({ length: 5 }, () => explain(server, slow));
    await untilTaken(server, 5);
    process.kill(server.pids()[0] ?? 0, "SIGKILL");
    expect(statuses(await Promise.all(replies))).toEqual([200, 200, 200, 200, 200]);
    expect(await server.metric("worker_crashes_total")).toBe(1);
    expect(server.log.filter(({ msg }) => msg === "a worker died")).toMatchObject([
      { level: 50, sentence: expect.stringContaining("a worker was killed from outside while explaining images") },
    ]);
  });

  it("twice by the same image is the answer, in one sentence; the next image is computed", async () => {
    const server = await serving();
    const [reply] = await Promise.all([explain(server, slow), killTwice(server)]);
    expect(reply.status).toBe(502);
    expect(reply.body.error).toMatch(/^a worker was killed from outside while explaining images/);
    expect(await server.metric("worker_crashes_total")).toBe(2);
    expect((await explain(server)).status).toBe(200);
  });

  it("while it waits is started again, and the server says that it is not ready meanwhile", async () => {
    const server = await serving();
    process.kill(server.pids()[0] ?? 0, "SIGKILL");
    await expect.poll(async () => (await server.ask("/v2/health/ready")).status, { interval: 5 }).toBe(503);
    await expect.poll(async () => (await server.ask("/v2/health/ready")).status).toBe(200);
    expect(await server.metric("worker_crashes_total")).toBe(1);
    expect((await explain(server)).status).toBe(200);
  });

  it("at random, again and again, loses no request of many clients", async () => {
    const server = await serving({ workers: 2, maxBatch: 4 });
    let isOver = false;
    const killing = (async () => {
      for (let i = 0; i < 6 && !isOver; i++) {
        await wait(400);
        const [pid] = server.pids().slice(i % 2);
        if (pid !== undefined) process.kill(pid, "SIGKILL");
      }
    })();
    const clients = Array.from({ length: 8 }, async () => {
      const replies: Reply[] = [];
      for (let i = 0; i < 25; i++) replies.push(await explain(server));
      return replies;
    });
    const replies = (await Promise.all(clients)).flat();
    isOver = true;
    await killing;
    // An image that was killed twice is told so; no request is left without its answer.
    expect(replies).toHaveLength(200);
    expect(statuses(replies).filter((status) => status !== 200 && status !== 502)).toEqual([]);
    expect(statuses(replies).filter((status) => status === 200).length).toBeGreaterThan(195);
  });
});

async function killTwice(server: TestServer): Promise<void> {
  await untilTaken(server);
  const [first = 0] = server.pids();
  process.kill(first, "SIGKILL");
  await expect.poll(() => server.pids()[0], { interval: 5 }).not.toBe(first);
  await expect.poll(() => server.metric("workers_ready"), { interval: 5 }).toBe(1);
  await untilTaken(server);
  process.kill(server.pids()[0] ?? 0, "SIGKILL");
}

describe("a device that is not there", () => {
  it("is told in the log, and the processor computes the same", async () => {
    const [missing, own] = await Promise.all([serving({ device: "cuda" }), serving()]);
    const [reply, same] = await Promise.all([explain(missing), explain(own)]);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual(same.body);
    const told = missing.log.filter(({ msg }) => msg === "the device");
    expect(told).toMatchObject([{ level: 40, sentence: expect.stringContaining("cuda") }]);
  });
});

describe("a server that stops", () => {
  it("answers what it accepted, refuses the rest, is not ready, and leaves no process", async () => {
    const server = await serving({ maxBatch: 1 });
    const pids = server.pids();
    const accepted = [explain(server, slow), explain(server), explain(server)];
    await untilTaken(server, 3);
    const stopping = server.stop();
    const [ready, refused] = await Promise.all([server.ask("/v2/health/ready"), explain(server)]);
    expect([ready.status, refused.status]).toEqual([503, 503]);
    expect(refused.headers.connection).toBe("close");
    expect((await server.ask("/v2/health/live")).status).toBe(200);
    expect(statuses(await Promise.all(accepted))).toEqual([200, 200, 200]);
    await stopping;
    await expect(server.ask("/v2/health/live")).rejects.toThrow("ECONNREFUSED");
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});
