/** @file `fovea serve` as a process: what it prints, and how it ends. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shapesModelPath } from "../../../src/explain/node.js";
import { fovea, type Ran, start, workFolder } from "../../cli/fovea.js";
import { instancesOf, type Reply, send } from "./serve.js";
import { shapeFiles } from "./shapes.js";

const folder = workFolder();
const token = "0123456789abcdef-secret";

interface Running {
  readonly done: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
  ask(verb: string, parameters?: object): Promise<Reply>;
  /** Images that were let in, and not yet answered. */
  inside(): Promise<number>;
}

/** Starts the command, and waits until the model is open, which is called `drawn`. */
async function running(args: readonly string[]): Promise<Running> {
  const all = ["serve", shapesModelPath, "--name", "drawn", "--port", "0", "--workers", "1", ...args];
  const { child, done } = start(folder, all, { FOVEA_TOKEN: token });
  const url = await new Promise<string>((resolve) => {
    let told = "";
    child.stderr?.on("data", (text) => {
      told += text;
      const [, address] = /listens at (\S+),/.exec(told) ?? [];
      if (address !== undefined && told.includes("ready: drawn")) resolve(address);
    });
  });
  const headers = { Authorization: `Bearer ${token}` };
  const instances = instancesOf(...(await shapeFiles(2)));
  const ask = (verb: string, parameters = {}) =>
    send(url, `/v1/models/drawn:${verb}`, { headers, body: { instances, parameters } });
  const inside = async () => {
    const { body } = await send(url, "/metrics", { headers });
    const values = String(body).matchAll(/^fovea_(?:queue|computing)_images (\d+)$/gm);
    return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  return { done, ask, inside, kill: (signal) => void child.kill(signal) };
}

describe("fovea serve", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("answers what it has taken after %s, and ends with 0", async (signal) => {
    const { ask, inside, kill, done } = await running([]);
    expect((await ask("explain")).status).toBe(200);
    const replies = [ask("explain", { method: "rise" }), ask("explain")];
    await expect.poll(inside, { interval: 10 }).toBe(4);
    kill(signal);
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200]);
    const { code, out } = await done;
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const answered = lines.filter(({ msg, route }) => msg === "answered" && route !== "/metrics");
    expect(answered.map(({ status, model }) => [status, model])).toEqual(Array(3).fill([200, "drawn"]));
    expect(out).not.toContain(token);
  });

  it("opens a model with the options of other commands", async () => {
    writeFileSync(join(folder, "names.txt"), ["one", "two", "three", "four"].join("\n"));
    const { ask, kill, done } = await running(["--labels", "names.txt"]);
    const { body } = await ask("predict");
    expect(["one", "two", "three", "four"]).toContain(body.predictions[0].label);
    kill("SIGTERM");
    expect((await done).code).toBe(0);
  });

  it("refuses models that are not there, or of which it cannot give classes", async () => {
    const last = async (model: string) =>
      (await fovea(folder, ["serve", model, "--port", "0", "--quiet"], { FOVEA_TOKEN: "" })).err.trim();
    expect(await last("gone.onnx")).toContain("gone.onnx");
    const detector = join(import.meta.dirname, "../../fixtures/detectors/v8.onnx");
    expect(await last(detector)).toContain(
      "expected a model with classes of whole images to serve, got one for detection",
    );
  });
});
