/** @file A share of the hostile cases: a command gives a result or one clear line, and stays in its folders. */

import { createHash } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { CaseMaker, caseNames, families } from "./support/hostile/cases.js";
import type { HostileCase } from "./support/hostile/hostile-case.js";
import { isFailure, judge, type Left } from "./support/hostile/judge.js";
import { HostileRunner } from "./support/hostile/run.js";
import type { Answer } from "./support/hostile/worker.js";

const runner = new HostileRunner({ time: 20_000 });
afterAll(() => runner.close());
const maker = new CaseMaker();

/** What is to be mended, case by case. */
async function failures(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const hostile = await maker.make(name);
    const outcome = await runner.run(hostile);
    if (isFailure(outcome)) found.push(`${name} (${hostile.what}): ${outcome.how}: ${outcome.detail}`);
  }
  return found;
}

describe("the command takes hostile files", () => {
  const names = caseNames(1500, "1");

  it.each(families.map(({ name }) => name))(
    "of the family %s",
    async (family) => {
      expect(await failures(names.filter((name) => name.split("/")[1] === family))).toEqual([]);
    },
    300_000,
  );
});

it("the command ends on HDF5 files on which their library does not", async () => {
  expect(await failures(["4/hdf5/230", "5/hdf5/38"])).toEqual([]);
}, 120_000);

it("a case is the same whichever were made before it", async () => {
  const names = caseNames(300, "same");
  const made = async (order: readonly string[]) => {
    const own = new CaseMaker();
    const digests = new Map<string, string>();
    for (const name of order) {
      const { files, args } = await own.make(name);
      const hash = createHash("sha256").update(JSON.stringify(args));
      for (const [path, bytes] of Object.entries(files)) hash.update(path).update(bytes);
      digests.set(name, hash.digest("hex"));
    }
    return digests;
  };
  const [forwards, backwards] = [await made(names), await made(names.toReversed())];
  expect(names.filter((name) => forwards.get(name) !== backwards.get(name))).toEqual([]);
}, 120_000);

describe("the runner of these cases notices", () => {
  const labels = (path: string): HostileCase => ({
    name: "control",
    what: "labels from elsewhere",
    files: {},
    args: ["explain", "@input/gone.png", "--labels", path, "--out", "@out/map.png"],
  });

  it("a file that is read outside of the model's folder", async () => {
    expect((await runner.run(labels("@outside/secret"))).how).toBe("read outside");
  });

  it("a command that takes too long", async () => {
    const impatient = new HostileRunner({ time: 1 });
    const long = { ...labels("@input/long.txt"), files: { "input/long.txt": "a\n".repeat(3_000_000) } };
    expect((await impatient.run(long)).how).toBe("hang");
    await impatient.close();
  });

  it.runIf(process.platform === "linux")("a process that takes too much memory", async () => {
    const modest = new HostileRunner({ memory: 2 ** 20 });
    expect((await modest.run(labels("@input/gone.txt"))).how).toBe("memory");
    await modest.close();
  });
});

describe("the judge of these cases finds fault with", () => {
  const hostile: HostileCase = {
    name: "control",
    what: "",
    files: { "input/x.png": "" },
    args: ["explain", "@input/x.png", "--json"],
  };
  const left = { folder: "", written: [], noise: "" };
  const judged = (answer: Partial<Answer>, more: Partial<Left> = {}) =>
    judge(hostile, { code: 2, out: "", err: "", ...answer }, { ...left, ...more }).how;

  it.each<[string, Partial<Answer>]>([
    ["an error that does not name its file", { err: "fovea: expected a picture\n" }],
    ["an error of two lines", { err: "fovea: x.png: expected\nfovea: a picture\n" }],
    ["words of the program", { err: "fovea: x.png: TypeError: not iterable\n" }],
    ["an error of somebody else's", { err: "x.png: Killed\n" }],
  ])("%s", (_, answer) => {
    expect(judged(answer)).toBe("unclear error");
  });

  it.each<[string, Partial<Answer>]>([
    ["an escape sequence in an error", { err: "fovea: x.png: \u001b[31m\n" }],
    ["a change of direction in the output", { code: 0, out: "\u202e\n" }],
    ["--json that is none", { code: 0, out: "{\n" }],
    ["a line of thousands of characters", { err: `fovea: x.png: ${"x".repeat(5000)}\n` }],
  ])("%s", (_, answer) => {
    expect(judged(answer)).toBe("unclear output");
  });

  it("an exception, noise of libraries, and halves of files, and with nothing else", () => {
    const clear = { err: "fovea: x.png: expected a picture, got another file\n" };
    expect(judged(clear)).toBe("clear error");
    expect(judged({ ...clear, thrown: "Error" })).toBe("crash");
    expect(judged(clear, { noise: "warning" })).toBe("unclear error");
    expect(judged(clear, { written: ["map.npy.0.tmp"] })).toBe("crash");
    expect(judged(clear, { written: ["map.npy"] })).toBe("unclear error");
  });
});
