/** @file A share of the hostile cases: a command gives a result or one clear line, and stays in its folders. */

import { afterAll, describe, expect, it } from "vitest";
import { CaseMaker, caseNames, families } from "./support/hostile/cases.js";
import type { HostileCase } from "./support/hostile/hostile-case.js";
import { isFailure } from "./support/hostile/judge.js";
import { HostileRunner } from "./support/hostile/run.js";

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

  it("an error that does not name its file", async () => {
    const { how, detail } = await runner.run({
      ...labels("@model/gone.txt"),
      args: ["convert", "models/mnist.onnx", "@out/x"],
    });
    expect([how, detail]).toEqual(["unclear error", expect.stringContaining("does not name the file")]);
  });
});
