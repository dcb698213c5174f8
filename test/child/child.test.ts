/** @file Child processes that crash, hang and eat memory, and what their parent gets of it. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Child } from "../../src/child/child.js";
import type { ChildLimits } from "../../src/child/limits.js";
import { everything, share } from "../support/share.js";

/** The abilities of `mortal.mjs`. */
interface Mortal extends Record<string, (argument: never) => unknown> {
  readonly echo: (value: unknown) => unknown;
  readonly count: (nothing: undefined) => number;
  readonly refuse: (message: string) => never;
  readonly fail: (message: string) => never;
  readonly die: (signal: string) => never;
  readonly leave: (code: number) => never;
  readonly abort: (words: string) => never;
  readonly hang: (nothing: undefined) => never;
  readonly eat: (nothing: undefined) => never;
  readonly wait: (milliseconds: number) => Promise<string>;
}

const children: Child<Mortal>[] = [];

function mortal(limits: ChildLimits = {}): Child<Mortal> {
  const child = new Child<Mortal>({ name: "the child", module: new URL("mortal.mjs", import.meta.url), ...limits });
  children.push(child);
  return child;
}

const doing = { doing: "answering" };
const parent = fileURLToPath(new URL("parent.mjs", import.meta.url));

afterAll(() => Promise.all(children.map((child) => child.close())));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a child", { timeout: 60_000 }, () => {
  it("takes and gives plain data, bytes and whole numbers included", async () => {
    const data = {
      bytes: Uint8Array.of(1, 2, 3),
      floats: Float32Array.of(0.1, Number.NaN),
      whole: [2n ** 60n],
      none: undefined,
    };
    expect(await mortal().ask("echo", data, doing)).toEqual(data);
  });

  it("throws what its abilities throw, with the code", async () => {
    const child = mortal();
    await expect(child.ask("refuse", "x: expected y", doing)).rejects.toMatchObject({
      name: "FoveaError",
      code: "bad-graph",
      message: "x: expected y",
    });
    const error: unknown = await child.ask("fail", "internal: oh", doing).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "Error", message: "internal: oh" });
    expect(child.lives).toBe(1);
  });

  it.each(
    share<[string, (child: Child<Mortal>) => Promise<unknown>, RegExp]>(
      [
        [
          "a signal",
          (child) => child.ask("die", "SIGSEGV", doing),
          /^the child crashed \(SIGSEGV\) while answering: the file is damaged, or made to do that$/,
        ],
        [
          "an exit code",
          (child) => child.ask("leave", 7, doing),
          /^the child crashed \(exit code 7\) while answering: /,
        ],
        [
          "its last words",
          (child) => child.ask("abort", "Assertion failed: x > 0\nand more\n", doing),
          /^the child crashed \(SIGABRT, "Assertion failed: x > 0"\) while answering: /,
        ],
        [
          "words about memory",
          (child) => child.ask("abort", "terminate called: std::bad_alloc\n", doing),
          /^the child was ended while answering: expected at most 4,000 MB of memory, got more: /,
        ],
        [
          "a kill from outside",
          (child) => child.ask("die", "SIGKILL", doing),
          /^the child was killed from outside while answering, as systems do that run out of memory$/,
        ],
      ],
      3,
    ),
  )("that ends by %s is a sentence of code crashed, and starts again", async (_, die, sentence) => {
    const child = mortal();
    expect(await child.ask("count", undefined, doing)).toBe(1);
    await expect(die(child)).rejects.toMatchObject({
      name: "FoveaError",
      code: "crashed",
      message: expect.stringMatching(sentence),
    });
    expect(await child.ask("count", undefined, doing)).toBe(1);
    expect(child.lives).toBe(2);
  });

  it("that hangs is ended when its time is up", async () => {
    const child = mortal({ seconds: 1.5 });
    await child.ask("count", undefined, doing);
    const began = performance.now();
    await expect(child.ask("hang", undefined, doing)).rejects.toThrow(
      /^the child was ended while answering: expected an answer within 1.5 s, got none: allow more/,
    );
    expect(performance.now() - began).toBeGreaterThan(1490);
    expect(await child.ask("count", undefined, doing)).toBe(1);
  });

  it.runIf(everything)("that eats memory is ended when it holds too much", async () => {
    const child = mortal({ bytes: 3e8 });
    await expect(child.ask("eat", undefined, doing)).rejects.toThrow(
      /^the child was ended while answering: expected at most 300 MB of memory, got [\d,]+ MB: allow more/,
    );
    expect(await child.ask("echo", "still there", doing)).toBe("still there");
  });

  it("gets one request at a time: those that wait do not die of the one before", async () => {
    const child = mortal();
    const asked = [
      child.ask("count", undefined, doing),
      child.ask("die", "SIGFPE", doing),
      child.ask("count", undefined, doing),
      child.ask("count", undefined, doing),
    ];
    const [first, second, ...others] = await Promise.allSettled(asked);
    expect(first).toMatchObject({ value: 1 });
    expect(second).toMatchObject({ reason: { code: "crashed" } });
    expect(others).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it("does work of several requests with no other one between them", async () => {
    const child = mortal();
    const both = child.inTurn(async (ask) => {
      const first = await ask("count", undefined, doing);
      await ask("wait", 20, doing);
      return [first, await ask("count", undefined, doing)];
    });
    const other = child.ask("count", undefined, doing);
    expect([await both, await other]).toEqual([[1, 2], 3]);
  });

  it("is ended by a signal's abort, whose reason is thrown; what waits is answered", async () => {
    const child = mortal();
    const controller = new AbortController();
    const hanging = child.ask("hang", undefined, { ...doing, signal: controller.signal });
    const waiting = child.ask("echo", "next", doing);
    setTimeout(() => controller.abort(new Error("stopped")), 300);
    await expect(hanging).rejects.toThrow("stopped");
    expect(await waiting).toBe("next");
    await expect(child.ask("echo", 1, { ...doing, signal: controller.signal })).rejects.toThrow("stopped");
  });

  it("that is closed breaks off with the code closed", async () => {
    const child = mortal();
    const hanging = child.ask("hang", undefined, doing);
    setTimeout(() => child.close(), 300);
    await expect(hanging).rejects.toMatchObject({ code: "closed" });
  });

  it("whose file is not there is a sentence", async () => {
    const child = new Child<Mortal>({ name: "the child", module: new URL("missing.mjs", import.meta.url) });
    await expect(child.ask("echo", 1, doing)).rejects.toThrow(
      /^the child crashed \(exit code 1, ".*"\) while answering/,
    );
  });

  it.each([{ seconds: 0 }, { seconds: Number.NaN }, { bytes: -1 }])("refuses limits that are none: %o", (limits) => {
    expect(() => mortal(limits)).toThrow(/^(seconds|bytes): expected a positive number, got /);
  });
});

describe("a parent", { timeout: 60_000 }, () => {
  it.each<[string, string, RegExp]>([
    ["while its child is idle, and the child with it", "idle", /^ready \d+\n$/],
    ["after its child was ended at a limit", "limit", /^crashed\n$/],
  ])("ends by itself %s", (_, how, said) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [parent, how], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(said);
  });

  it.runIf(everything)("that is killed takes a child with it that hangs", async () => {
    const process = spawn(globalThis.process.execPath, [parent, "hang"], { stdio: ["ignore", "pipe", "inherit"] });
    const [text] = await once(process.stdout, "data");
    const pid = Number(String(text).trim().split(" ")[1]);
    // The request that hangs is on its way.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isRunning(pid)).toBe(true);
    process.kill("SIGKILL");
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });
});
