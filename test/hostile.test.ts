/** @file Mutated models, pictures, arrays and data: the command gives a result or one clear line, and stays in the model's folder. */

import { afterAll, describe, expect, it } from "vitest";
import { fileCases, modelCases } from "./support/hostile/cases.js";
import { type HostileCase, HostileRunner, isFailure } from "./support/hostile/run.js";

const runner = new HostileRunner({ time: 20_000 });
afterAll(() => runner.close());

/** What is to be mended, case by case. */
async function failures(count: number, make: (number: number) => HostileCase): Promise<string[]> {
  const found: string[] = [];
  for (let number = 0; number < count; number++) {
    const hostile = make(number);
    const outcome = await runner.run(hostile);
    if (isFailure(outcome)) found.push(`${hostile.name} (${hostile.what}): ${outcome.how}: ${outcome.detail}`);
  }
  return found;
}

describe("the command", () => {
  it("takes mutated models", async () => {
    expect(await failures(1000, await modelCases(1))).toEqual([]);
  }, 600_000);

  it("takes mutated pictures, arrays, labels and datasets", async () => {
    expect(await failures(500, await fileCases(1))).toEqual([]);
  }, 600_000);
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

  it.skipIf(process.platform === "win32")("a command that hangs", async () => {
    const impatient = new HostileRunner({ time: 300 });
    expect((await impatient.run(labels("@model/pipe"))).how).toBe("hang");
    await impatient.close();
  });

  it.runIf(process.platform === "linux")("a process that takes too much memory", async () => {
    const modest = new HostileRunner({ memory: 2 ** 20 });
    expect((await modest.run(labels("@model/pipe"))).how).toBe("memory");
    await modest.close();
  });

  it("an error that does not name its file", async () => {
    const { how, detail } = await runner.run({ ...labels("@model/gone.txt"), files: { "model/other.onnx": "" } });
    expect([how, detail]).toEqual(["unclear error", expect.stringContaining("does not name the file")]);
  });
});
