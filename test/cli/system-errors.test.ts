/** @file What the system refuses: one line and exit code 2; nobody who reads: silence; signals: an end in order. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { drawDigits } from "../../src/data/digits/digits.js";
import { writeNpy } from "../../src/data/npy.js";
import { writeModel } from "../../src/onnx/write.js";
import { convNet, images } from "../explain/architectures/networks.js";
import { idxFiles } from "../support/images/idx.js";
import { everything, share } from "../support/share.js";
import { start, workFolder } from "./fovea.js";

const folder = workFolder();
const at = (name: string) => join(folder, name);
const main = fileURLToPath(new URL("../../dist/command/main.js", import.meta.url));

beforeAll(() => {
  writeFileSync(at("model.onnx"), writeModel(convNet()));
  writeFileSync(at("x.npy"), writeNpy(images(40)));
  writeFileSync(at("one.npy"), writeNpy(images(1)));
  const digits = drawDigits({ train: 400, test: 50 });
  mkdirSync(at("sets/mnist"), { recursive: true });
  for (const { name, bytes } of [...idxFiles(digits.train, "train"), ...idxFiles(digits.test, "t10k")])
    writeFileSync(join(at("sets/mnist"), name), bytes);
});

/** Runs a line of the shell in which `fovea` stands for the command. */
function shell(line: string, env: Record<string, string> = {}) {
  const script = `fovea() { '${process.execPath}' '${main}' "$@"; }\n${line}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, FOVEA_DATA: "", FOVEA_CACHE: at("cache"), ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

const raw = "fovea explain model.onnx x.npy --layer inner --raw";
const temporary = () => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

describe.runIf(process.platform === "linux")("the system", () => {
  const full = "fovea: standard output: cannot be written: expected a place for results, got a full disk\n";

  const outputs = [
    ["lines of JSON", "fovea explain model.onnx one.npy --jsonl --out lines.png > /dev/full"],
    ["a text", "fovea inspect model.onnx > /dev/full"],
    ["JSON", "fovea inspect model.onnx --json > /dev/full"],
    ["help", "fovea --help > /dev/full"],
    ["a file", `${raw} --out - > /dev/full`],
  ] as const;
  it.each(share(outputs, 5))("has no room for standard output: %s", (_, line) => {
    const { code, err } = shell(line);
    expect([code, err.endsWith(full)]).toEqual([2, true]);
    expect(err.split("\n").filter((each) => each.startsWith("fovea: "))).toHaveLength(1);
  });

  it.runIf(everything)("has room for a part of standard output", () => {
    const { code, err } = shell(`ulimit -f 2; ${raw} --out - > part.npy`);
    expect(statSync(at("part.npy")).size).toBe(1024);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/standard output: .* got a limit on the size of files \(ulimit -f\)\n$/),
    ]);
  });

  it.runIf(everything)("has no room for notes, which is no reason to end", () => {
    expect(shell(`${raw} --out quiet.npy 2> /dev/full`).code).toBe(0);
    expect(existsSync(at("quiet.npy"))).toBe(true);
  });

  it("has room for a part of a file, of which nothing is left", () => {
    writeFileSync(at("old.npy"), "old");
    const { code, err } = shell(`ulimit -f 2; ${raw} --out old.npy`);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^fovea: .*old\.npy: cannot be written: .* got a limit on the size of files \(ulimit -f\)\n$/,
      ),
    ]);
    expect([readFileSync(at("old.npy"), "utf8"), temporary()]).toEqual(["old", []]);
  });

  it.each(share([64, 24, 32, 48, 100], 5))("opens no more than %i files", (limit) => {
    const { code, err } = shell(`ulimit -n ${limit}; fovea explain model.onnx one.npy --out few.png`);
    if (code === 0) return;
    expect([code, err]).toEqual([2, expect.stringMatching(/^fovea: [^\n]*\n$/)]);
  });

  it.runIf(everything)("passes a model on through a pipe, and nothing else with it", () => {
    const line =
      "fovea compile model.onnx --out /dev/stdout | cat > piped.onnx; fovea compile model.onnx --out plain.onnx";
    expect(shell(line).code).toBe(0);
    expect(readFileSync(at("piped.onnx")).equals(readFileSync(at("plain.onnx")))).toBe(true);
  });

  it("has a pipe that nobody reads", () => {
    for (const line of share(
      [`${raw} --out - 2>&1`, "fovea inspect model.onnx", "fovea inspect model.onnx --json"],
      3,
    )) {
      const { err } = shell(`{ ${line}; echo $? >&3; } 3>&2 2>&1 | true`);
      expect(err).toBe("130\n");
    }
  });
});

describe("a fault of Fovea itself", () => {
  const broken = "data:text/javascript,JSON.parse=()=>{throw new TypeError('broken')}";

  it("is one line with what to do, and exit code 70", () => {
    const { code, err } = shell("fovea inspect model.onnx", { NODE_OPTIONS: `--import "${broken}"` });
    expect([code, err]).toEqual([
      70,
      expect.stringMatching(/^fovea: a fault of Fovea, [^\n]*TypeError: broken: please report[^\n]*\n$/),
    ]);
  });

  it.runIf(everything)("says where it arose with FOVEA_DEBUG", () => {
    const { code, err } = shell("fovea inspect model.onnx", { NODE_OPTIONS: `--import "${broken}"`, FOVEA_DEBUG: "1" });
    expect([code, err]).toEqual([70, expect.stringContaining("main.js:")]);
  });
});

it.runIf(everything)("SIGTERM ends a training in order, like Ctrl-C", { timeout: 60_000 }, async () => {
  const args = ["train", "mnist", "--net", "classic", "--epochs", "30", "--batch", "100", "--out", "stopped.onnx"];
  const { child, done } = start(folder, args, { FOVEA_DATA: at("sets") });
  while (child.exitCode === null && !existsSync(at("stopped.onnx.checkpoint"))) await setTimeout(5);
  child.kill("SIGTERM");
  const { code, err } = await done;
  expect([code, err]).toEqual([143, expect.stringContaining("--resume goes on from stopped.onnx.checkpoint")]);
  expect(existsSync(at("stopped.onnx"))).toBe(true);
  expect(temporary()).toEqual([]);
});
