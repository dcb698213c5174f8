/** @file Runs hostile cases in worker processes with limits on time and memory, and says how each one ended. */

import { type ChildProcess, fork, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../../src/data/npy.js";
import { floats } from "../../../src/onnx/tensor.js";
import type { Answer } from "./worker.js";

/** Files and a command on them. In the arguments, names that begin with `@` are those of the case's folder. */
export interface HostileCase {
  readonly name: string;
  /** What was done to the files. */
  readonly what: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly args: readonly string[];
}

/** The first three are as it should be. */
export const outcomes = [
  "result",
  "no map, and why",
  "clear error",
  "unclear error",
  "crash",
  "hang",
  "memory",
  "read outside",
] as const;

export interface Outcome {
  readonly how: (typeof outcomes)[number];
  /** What the command said, or what is wrong. */
  readonly detail: string;
  readonly milliseconds: number;
}

export function isFailure({ how }: Outcome): boolean {
  return !["result", "no map, and why", "clear error"].includes(how);
}

export interface Limits {
  /** Milliseconds for one case. Default 10000. */
  readonly time?: number;
  /** Bytes that the process may hold. Default 3 GiB. */
  readonly memory?: number;
}

/** Cases for one process, before a fresh one takes over. */
const casesPerProcess = 250;
const secret = "bytes that no model may see ".repeat(100);
const longAgo = new Date("2001-01-01");

/** One process and one folder. Cases are run one at a time. */
export class HostileRunner {
  readonly #root = mkdtempSync(join(tmpdir(), "fovea-hostile-"));
  readonly #limits: Required<Limits>;
  #child: ChildProcess | undefined;
  #ran = 0;
  #noise = "";

  constructor({ time = 10_000, memory = 3 * 2 ** 30 }: Limits = {}) {
    this.#limits = { time, memory };
    mkdirSync(join(this.#root, "outside"));
    writeFileSync(join(this.#root, "outside", "secret"), secret);
  }

  /** A case that hangs is tried once more, with three times the limit: other work may have held up the machine. */
  async run(hostile: HostileCase): Promise<Outcome> {
    const first = await this.#runOnce(hostile, this.#limits.time);
    return first.how === "hang" ? this.#runOnce(hostile, 3 * this.#limits.time) : first;
  }

  async #runOnce(hostile: HostileCase, time: number): Promise<Outcome> {
    this.#layOut(hostile);
    if (this.#child === undefined || this.#ran >= casesPerProcess) await this.#start();
    this.#ran++;
    const began = performance.now();
    const args = hostile.args.map((arg) => arg.replace(/^((?:[\w-]+=)?)@/, `$1${this.#root}/`));
    const answer = await this.#ask(args, time);
    const milliseconds = performance.now() - began;
    const judged = typeof answer === "string" ? limitOutcome(answer) : this.#judged(hostile, answer);
    const read = statSync(join(this.#root, "outside", "secret")).atime.getTime() !== longAgo.getTime();
    if (read) return { how: "read outside", detail: judged.detail, milliseconds };
    return { ...judged, milliseconds };
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** A fresh folder with the case's files, and the things that hostile models point to. */
  #layOut({ files }: HostileCase): void {
    for (const folder of ["model", "input", "out", "data"]) {
      rmSync(join(this.#root, folder), { recursive: true, force: true });
      mkdirSync(join(this.#root, folder));
    }
    const model = join(this.#root, "model");
    writeFileSync(join(model, "weights.data"), new Uint8Array(4096));
    symlinkSync("../outside/secret", join(model, "linked"));
    symlinkSync("../outside", join(model, "folder"));
    if (process.platform !== "win32") spawnSync("mkfifo", [join(model, "pipe")]);
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(join(this.#root, name, ".."), { recursive: true });
      writeFileSync(join(this.#root, name), bytes);
    }
    utimesSync(join(this.#root, "outside", "secret"), longAgo, new Date("2020-01-01"));
  }

  async #start(): Promise<void> {
    await this.#stop();
    const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
    const child = fork(worker, [], {
      execArgv: ["--import", import.meta.resolve("tsx")],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, FOVEA_DATA: join(this.#root, "data"), FOVEA_CACHE: join(this.#root, "cache") },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#noise += chunk;
      });
    }
    this.#child = child;
    this.#ran = 0;
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", () => reject(new Error(`hostile worker did not start: ${this.#noise}`)));
    });
    child.removeAllListeners("exit");
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** The worker's answer, or how it ended without one. */
  #ask(args: readonly string[], time: number): Promise<Answer | string> {
    const child = this.#child as ChildProcess;
    this.#noise = "";
    return new Promise((resolve) => {
      const end = (answer: Answer | string) => {
        clearTimeout(timer);
        clearInterval(watch);
        child.removeAllListeners("message").removeAllListeners("exit");
        if (typeof answer !== "string") resolve(answer);
        else this.#stop().then(() => resolve(answer));
      };
      const timer = setTimeout(() => end(`hang: no answer after ${time} ms`), time);
      const watch = setInterval(() => {
        const held = heldMemory(child.pid as number);
        if (held > this.#limits.memory) end(`memory: the process holds ${(held / 2 ** 30).toFixed(1)} GiB`);
      }, 50);
      child.once("message", (answer) => end(answer as Answer));
      child.once("exit", (code, signal) =>
        end(`crash: the process ended with ${signal ?? code}: ${this.#noise.trim()}`),
      );
      child.send(args);
    });
  }

  #judged({ args, files }: HostileCase, { code, out, err, thrown }: Answer): Omit<Outcome, "milliseconds"> {
    const written = readdirSync(join(this.#root, "out"), { recursive: true, encoding: "utf8" });
    if (thrown !== undefined) return { how: "crash", detail: thrown };
    if (this.#noise !== "") return { how: "unclear error", detail: `noise of a library: ${this.#noise}` };
    if (written.some((name) => name.endsWith(".tmp"))) return { how: "crash", detail: `half-written: ${written}` };
    if (code === 2) {
      const problem = unclear(err, Object.keys(files)) ?? (written.length > 0 ? `${written} was written` : undefined);
      return problem === undefined
        ? { how: "clear error", detail: err.trim() }
        : { how: "unclear error", detail: `${problem}: ${err}` };
    }
    const problem = args[0] === "explain" ? this.#badMaps(out, written) : undefined;
    if (problem) return { how: "crash", detail: problem };
    const blank = /"condition": "(?!fine)[\w-]+"|NOT explained rightly/.exec(out);
    return { how: blank ? "no map, and why" : "result", detail: blank ? blank[0] : "" };
  }

  /** What is wrong with the files that were written; undefined where they are whole and their numbers finite. */
  #badMaps(out: string, written: readonly string[]): string | undefined {
    if (written.length === 0) return "nothing was written";
    const fine = !/"condition": "not-finite"/.test(out);
    for (const name of written) {
      const bytes = readFileSync(join(this.#root, "out", name));
      if (name.endsWith(".npy")) {
        const values = floats(readNpy(bytes, name));
        if (fine && !values.every(Number.isFinite)) return `${name}: numbers that are not finite, and nothing said`;
      } else if (bytes.subarray(-8, -4).toString("latin1") !== "IEND") return `${name}: no whole PNG file`;
    }
    return undefined;
  }
}

function limitOutcome(answer: string): Omit<Outcome, "milliseconds"> {
  const at = answer.indexOf(": ");
  return { how: answer.slice(0, at) as Outcome["how"], detail: answer.slice(at + 2) };
}

/** Why an error is not clear. */
function unclear(err: string, files: readonly string[]): string | undefined {
  const line = err.replace(/\n$/, "");
  if (!line.startsWith("fovea: ")) return "not an error of ours";
  if (/\n/.test(line)) return "more than one line";
  if (/internal:|\bat .*\(.*:\d+:\d+\)|undefined|\[object /.test(line)) return "talks of the program, not of the file";
  if (line.length > 800) return `${line.length} characters`;
  if (/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(line)) return "characters that control the terminal";
  const names = files.map((name) => name.split("/").at(-1) as string);
  return names.some((name) => line.includes(name)) || line.includes("class names as given")
    ? undefined
    : "does not name the file";
}

/** Resident bytes of a process, where the system tells. */
function heldMemory(pid: number): number {
  const path = `/proc/${pid}/statm`;
  if (!existsSync(path)) return 0;
  try {
    return 4096 * Number(readFileSync(path, "utf8").split(" ")[1]);
  } catch {
    return 0;
  }
}
