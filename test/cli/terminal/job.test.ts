/** @file Tests of the job that every command is. */

import { describe, expect, it } from "vitest";
import { interruptWork } from "../../../src/cli/terminal/interrupt.js";
import { exitCodes, Job } from "../../../src/cli/terminal/job.js";
import type { Showing } from "../../../src/cli/terminal/screen.js";
import { table } from "../../../src/cli/terminal/table.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { fakeJob } from "./fakes.js";

async function* inputs(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

describe("progress in a log", () => {
  it("is a line at most every five seconds, with the share done and the time left", async () => {
    const { job, clock, written } = fakeJob();
    await job.each(
      { what: "explaining", total: 10 },
      () => inputs(10),
      () => {
        clock.time += 2000;
      },
    );
    expect(written.err).toBe(
      "explaining: 3 of 10 (30 %), 14 s left\nexplaining: 6 of 10 (60 %), 8 s left\nexplaining: 9 of 10 (90 %), 2 s left\n",
    );
    expect(written.out).toBe("");
  });

  it("is nothing in a job that is over within five seconds", async () => {
    const { job, clock, written } = fakeJob();
    await job.stage("looking", async (onProgress) => {
      clock.time = 4999;
      onProgress(1, 2);
    });
    expect(written.err).toBe("");
  });

  it("waits five seconds after the line of the stage before", async () => {
    const { job, clock, written } = fakeJob();
    for (const what of ["reading", "measuring"]) {
      await job.stage(what, async (onProgress) => {
        clock.time += 3000;
        onProgress(1, 2, "half");
      });
    }
    expect(written.err).toBe("measuring: half (50 %), 3 s left\n");
  });

  it("does not count as quick what an earlier run has done", async () => {
    const { job, clock, written } = fakeJob();
    const train = async (onProgress: (done: number, total: number) => void) => {
      clock.time = 10_000;
      onProgress(9, 12);
    };
    await job.stage("training", train, 8);
    expect(written.err).toBe("training: 9 of 12 (75 %), 30 s left\n");
  });

  it("says nothing of the time left before anything is done", async () => {
    const { job, clock, written } = fakeJob();
    await job.stage("reading", async (onProgress) => {
      clock.time = 6000;
      onProgress(0, 4);
    });
    expect(written.err).toBe("reading: 0 of 4 (0 %)\n");
  });
});

describe("progress on a terminal", () => {
  it("is a bar that is drawn again at most ten times a second, and goes in the end", async () => {
    const { job, clock, written } = fakeJob({ terminal: true });
    await job.stage("reading", async (onProgress) => {
      for (const [time, done] of [
        [0, 0],
        [50, 1],
        [1000, 2],
      ] as const) {
        clock.time = time;
        onProgress(done, 4);
      }
    });
    expect(written.err.split("\r\u001b[2K")).toEqual([
      "",
      "reading [░░░░░░░░░░░░░░░░░░░░░░░░] 0 of 4",
      "reading [████████████░░░░░░░░░░░░] 2 of 4, 1 s left",
      "",
    ]);
  });

  it("is no longer than a line", async () => {
    const { job, written } = fakeJob({ terminal: true, columns: 20 });
    await job.stage("reading", async (onProgress) => onProgress(1, 4));
    expect(written.err.split("\r\u001b[2K")[1]).toBe("reading [██████░░░░");
  });

  it("stays below results and notes", async () => {
    const { job, clock, screen, written } = fakeJob({ terminal: true, jsonl: true });
    await job.stage("reading", async (onProgress) => {
      clock.time = 1000;
      onProgress(1, 4);
      job.record({ a: 1 });
      screen.note("a note");
    });
    expect(written.out).toBe('{"a":1}\n');
    const bar = "reading [██████░░░░░░░░░░░░░░░░░░] 1 of 4, 3 s left";
    const erase = "\r\u001b[2K";
    expect(written.err).toBe(`${erase}${bar}${erase}${bar}${erase}a note\n${bar}${erase}`);
  });

  it("is not drawn once its stage is over, whether it ended well or not", async () => {
    const { job, clock, written } = fakeJob({ terminal: true });
    let late: ((done: number, total: number) => void) | undefined;
    const failing = job.stage("reading", async (onProgress) => {
      late = onProgress;
      onProgress(1, 4);
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    const before = written.err;
    clock.time += 60_000;
    late?.(2, 4);
    expect(before.endsWith("\r\u001b[2K")).toBe(true);
    expect(written.err).toBe(before);
  });
});

describe("Ctrl-C", () => {
  it("ends the program at once where nothing heeds it", async () => {
    const { job, listens } = fakeJob();
    expect(listens()).toBe(false);
    await job.stage("reading", async () => expect(listens()).toBe(false));
    await job.heed(async () => expect(listens()).toBe(true));
    expect(listens()).toBe(false);
  });

  it("stops between two inputs, and tells how far the job came", async () => {
    const { job, written, pressCtrlC } = fakeJob();
    const seen: number[] = [];
    await job.each(
      { what: "explaining", total: 5 },
      () => inputs(5),
      (input) => {
        seen.push(input);
        if (input === 1) pressCtrlC();
      },
    );
    expect(seen).toEqual([0, 1]);
    const code = job.end({ stopped: `fovea: stopped after ${seen.length} of 5 inputs` });
    expect(code).toBe(exitCodes.interrupted);
    expect(written.err).toBe("fovea: stopped after 2 of 5 inputs\n");
  });

  it("breaks off an input that watches the signal, which is no failure", async () => {
    const { job, written, pressCtrlC } = fakeJob();
    await job.each(
      { what: "explaining", total: 5 },
      () => inputs(5),
      async () => {
        pressCtrlC();
        job.signal.throwIfAborted();
      },
    );
    expect([job.interrupted, job.failures, written.err]).toEqual([true, [], ""]);
  });

  it("is heard once: the second one ends the program, even while the first is heeded", async () => {
    const { job, listens, pressCtrlC } = fakeJob();
    await job.heed(async () => {
      pressCtrlC();
      expect([job.interrupted, listens()]).toEqual([true, false]);
      await job.heed(async () => expect(listens()).toBe(false));
    });
    expect(listens()).toBe(false);
  });

  it("stays heard until the outer of two pieces of work is over", async () => {
    const { job, listens } = fakeJob();
    await job.heed(async () => {
      await job.heed(async () => undefined);
      expect(listens()).toBe(true);
    });
  });

  it("ends a job that lasts until then, at once if it came before", async () => {
    const { job, pressCtrlC } = fakeJob();
    const ended = job.untilInterrupted();
    pressCtrlC();
    await ended;
    await job.untilInterrupted();
    expect(job.interrupted).toBe(true);
  });

  it("gives the exit code 130 to a command that it breaks off", async () => {
    const { job, written, pressCtrlC } = fakeJob();
    const code = await job.run(() =>
      job.heed(async () => {
        pressCtrlC();
        job.signal.throwIfAborted();
        return exitCodes.done;
      }),
    );
    expect([code, written.err]).toEqual([exitCodes.interrupted, "fovea: stopped\n"]);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("is no different from %s but for the exit code, %i", async (signal, expected) => {
    const { job, written, send, listens } = fakeJob();
    const code = await job.run(() =>
      job.heed(async () => {
        send(signal);
        expect(listens()).toBe(false);
        job.signal.throwIfAborted();
        return exitCodes.done;
      }),
    );
    expect([code, written.err]).toEqual([expected, "fovea: stopped\n"]);
    expect([job.end(), job.stoppedCode]).toEqual([expected, expected]);
  });

  it("does not hide errors that came without it", async () => {
    const { job } = fakeJob();
    const failing = job.each(
      { what: "explaining", total: 1 },
      () => inputs(1),
      () => {
        throw new Error("broken");
      },
    );
    await expect(failing).rejects.toThrow("broken");
  });
});

describe("exit codes", () => {
  it("are 0, 1 where some inputs fail, and 2 where nothing comes of any", () => {
    const failed = "of 3 inputs failed";
    expect(fakeJob().job.end({ failed })).toBe(exitCodes.done);
    expect(fakeJob().job.end({ partly: true })).toBe(exitCodes.partly);
    const { job, written } = fakeJob();
    job.fail("a.png: no picture", "b.png: no picture");
    expect(job.end({ failed, notes: ["one is left out"] })).toBe(exitCodes.partly);
    expect(written.err).toBe(
      "fovea: a.png: no picture\nfovea: b.png: no picture\nfovea: 2 of 3 inputs failed\none is left out\n",
    );
    expect(job.end({ failed, nothing: true })).toBe(exitCodes.badInput);
  });

  it("are those that the command returns, 0 without one", async () => {
    expect(await fakeJob().job.run(async () => exitCodes.partly)).toBe(exitCodes.partly);
    expect(await fakeJob().job.run(async () => undefined)).toBe(exitCodes.done);
  });

  it("are 2 for what is wrong with the input, said in one line whatever the message holds", async () => {
    const { job, written } = fakeJob();
    const code = await job.run(async () => {
      throw new FoveaError("bad-input", "--out: expected\n\u001b[31m a file");
    });
    expect([code, written.err]).toEqual([exitCodes.badInput, "fovea: --out: expected\\n\\u001b[31m a file\n"]);
  });

  it("are 2 for what is wrong with the machine, said in one line", async () => {
    const { job, written } = fakeJob();
    const code = await job.run(async () => {
      throw Object.assign(new Error("EMFILE: too many"), { code: "EMFILE", syscall: "open", path: "a.png" });
    });
    const sentence =
      "a.png: open: expected a file or a device that can be used, got too many open files (ulimit -n allows no more)";
    expect([code, written.err]).toEqual([exitCodes.badInput, `fovea: ${sentence}\n`]);
  });

  it("do not hide a broken program", async () => {
    const { job } = fakeJob();
    await expect(job.run(async () => Promise.reject(new TypeError("broken")))).rejects.toThrow(TypeError);
  });
});

describe("records", () => {
  it("are lines of JSON that are printed as they come", () => {
    const { job, written } = fakeJob({ jsonl: true, json: true });
    job.record({ input: "a.png" }, { input: "b.png" });
    expect([job.format, written.out, job.records]).toEqual(["jsonl", '{"input":"a.png"}\n{"input":"b.png"}\n', []]);
  });

  it("are kept for one object in the end", () => {
    const { job, written } = fakeJob({ json: true });
    job.record({ input: "a.png" });
    job.record({ input: "b.png" });
    expect([job.format, written.out, job.records]).toEqual(["json", "", [{ input: "a.png" }, { input: "b.png" }]]);
  });

  it("are nothing to people", () => {
    const { job, written } = fakeJob();
    job.record({ input: "a.png" });
    expect([job.format, written.out, job.records]).toEqual(["text", "", []]);
  });
});

it("counts as many inputs as a batch holds", async () => {
  const { job, clock, written } = fakeJob();
  await job.each(
    { what: "attacking", total: 8 },
    () => inputs(2),
    () => {
      clock.time += 5000;
      return 4;
    },
  );
  expect(written.err).toBe("attacking: 4 of 8 (50 %), 5 s left\nattacking: 8 of 8 (100 %)\n");
});

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "hears %s of the process only while work heeds it",
  async (signal) => {
    const job = new Job();
    const before = process.listenerCount(signal);
    const ended = job.untilInterrupted();
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.emit(signal);
    await ended;
    expect(process.listenerCount(signal)).toBe(before);
  },
);

it("ends work in order for the program itself, where there is some", async () => {
  expect(interruptWork()).toBe(false);
  const job = new Job();
  const ended = job.untilInterrupted();
  expect(interruptWork()).toBe(true);
  await ended;
  expect(job.stoppedCode).toBe(exitCodes.interrupted);
});

describe("a screen", () => {
  const tell = (showing: Showing) => {
    const { job, screen, written } = fakeJob({ terminal: true });
    screen.show(showing);
    screen.print("result");
    screen.note("note");
    job.fail("a.png: gone");
    job.end({ failed: "of 1 inputs failed" });
    screen.printJson(1);
    return { ...written, status: screen.hasStatus };
  };
  const failures = "fovea: a.png: gone\nfovea: 1 of 1 inputs failed\n";

  it("that is quiet shows errors and results, but no notes and no progress", () => {
    expect(tell({ quiet: true })).toEqual({ out: "result\n1\n", err: failures, status: false });
  });

  it("that is quiet leaves out what only tells of files", () => {
    expect(tell({ quiet: true, narrates: true })).toEqual({ out: "1\n", err: failures, status: false });
  });

  it("whose standard output is the result's own tells everything on stderr", () => {
    expect(tell({ piped: true }).err).toBe(`result\nnote\n${failures}`);
  });

  it("that nobody reads any more writes nothing", () => {
    const { screen, written } = fakeJob();
    screen.close();
    screen.print("result");
    screen.error("error");
    expect(written).toEqual({ out: "", err: "" });
  });
});

describe("texts of strangers", () => {
  const name = "cat\n  wrote /etc/shadow\u001b[2J\u009b\u202e\u2028";
  const shown = "cat\\n  wrote /etc/shadow\\u001b[2J\\u009b\\u202e\\u2028";

  it("never reach a terminal raw", async () => {
    const { job, screen, clock, written } = fakeJob({ terminal: true });
    screen.print(name);
    screen.note(name);
    for (const line of table([name], [[name]])) screen.print(line);
    job.fail(name);
    job.end();
    await job.stage(name, async (onProgress) => {
      clock.time = 1000;
      onProgress(1, 2, name);
    });
    expect(written.out).toBe(`${shown}\n${shown}\n${shown}\n`);
    expect(written.err).toMatch(/^cat\\n/);
    // Of the program's own there are line ends, and what erases the status line.
    expect(written.err.replaceAll("\r\u001b[2K", "").replaceAll("\n", "")).toMatch(/^[ -~█░]*$/);
  });

  it("are the same values in JSON, escaped", () => {
    const { job, screen, written } = fakeJob({ jsonl: true });
    job.record({ [name]: name });
    screen.printJson([name]);
    const [line = "", ...rest] = written.out.split("\n");
    expect(JSON.parse(line)).toEqual({ [name]: name });
    expect(JSON.parse(rest.join("\n"))).toEqual([name]);
    expect(written.out.replaceAll("\n", "")).toMatch(/^[ -~]*$/);
  });
});
