/** @file Runs hostile cases in a worker process with limits on time and memory. */

import { type ChildProcess, fork, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostileCase } from "./hostile-case.js";
import { isFailure, type Judgement, judge, type Outcome } from "./judge.js";
import { computedTime, forgetPeak, heldMemory, peakMemory } from "./processes.js";
import type { Answer } from "./worker.js";

export interface Limits {
  /** Milliseconds of computing for one case, and a third of those in which it may not compute at all. Default 10000. */
  readonly time?: number;
  /** Bytes that the process may hold. Default 1.5 GB. */
  readonly memory?: number;
}

const defaultLimits: Required<Limits> = { time: 10_000, memory: 1.5e9 };
/** Bytes held between two cases from which on a fresh process takes over. */
const wornOut = 6e8;
const secret = "bytes that no model may see ".repeat(100);
const longAgo = new Date("2001-01-01");
const folders = ["model", "input", "out", "data", "photos", "cache"];
const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** One process and one folder. Cases are run one at a time. */
export class HostileRunner {
  readonly #root = mkdtempSync(join(tmpdir(), "fovea-hostile-"));
  readonly #limits: Required<Limits>;
  /** Things in the model's folder that hostile models point to; they stay from case to case. */
  readonly #props: ReadonlySet<string>;
  #child: ChildProcess | undefined;
  #noise = "";

  constructor(limits: Limits = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    for (const folder of ["outside", ...folders]) mkdirSync(join(this.#root, folder));
    writeFileSync(join(this.#root, "outside", "secret"), secret);
    const model = join(this.#root, "model");
    writeFileSync(join(model, "weights.data"), new Uint8Array(4096));
    writeFileSync(join(model, "sparse.data"), "");
    truncateSync(join(model, "sparse.data"), 2 ** 28);
    symlinkSync("../outside/secret", join(model, "linked"));
    symlinkSync("../outside", join(model, "folder"));
    if (process.platform !== "win32") spawnSync("mkfifo", [join(model, "pipe")]);
    this.#props = new Set(readdirSync(model));
  }

  /** A case that fails is tried once more in a process of its own: it may have paid for those before it. */
  async run(hostile: HostileCase): Promise<Outcome> {
    const first = await this.#runOnce(hostile);
    if (!isFailure(first)) return first;
    await this.#stop();
    const second = await this.#runOnce(hostile);
    if (isFailure(second)) return second;
    // Load, and whoever ends processes from outside, are no fault of the case.
    const isOutside = ["hang", "memory"].includes(first.how) || /ended with SIG(TERM|INT|HUP)/.test(first.detail);
    return isOutside ? second : { ...first, detail: `not in a process of its own: ${first.detail}` };
  }

  async #runOnce(hostile: HostileCase): Promise<Outcome> {
    this.#layOut(hostile);
    const child = this.#child ?? (await this.#start());
    const [began, computed] = [performance.now(), computedTime(child.pid as number) ?? 0];
    const args = hostile.args.map((arg) => arg.replace(/^((?:[\w-]+=)?)@/, `$1${this.#root}/`));
    const answer = await this.#ask(child, args);
    const milliseconds = Math.round(performance.now() - began);
    const after = computedTime(child.pid as number) ?? 0;
    const judged = "how" in answer ? answer : judge(hostile, answer, this.#left(hostile));
    const found = this.#trespass(hostile) ?? judged;
    if (this.#child && heldMemory(child.pid as number) > wornOut) await this.#stop();
    return { ...found, milliseconds, computed: Math.max(0, after - computed) };
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Folders with the case's files alone, and the props. */
  #layOut({ files }: HostileCase): void {
    for (const folder of folders) {
      const path = join(this.#root, folder);
      if (!existsSync(path)) mkdirSync(path);
      for (const name of readdirSync(path)) {
        if (folder !== "model" || !this.#props.has(name)) rmSync(join(path, name), { recursive: true, force: true });
      }
    }
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(this.#root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    utimesSync(join(this.#root, "outside", "secret"), longAgo, new Date("2020-01-01"));
  }

  #left({ files }: HostileCase) {
    const out = readdirSync(join(this.#root, "out"), { recursive: true, encoding: "utf8" });
    const written = out.filter((name) => !(`out/${name}` in files));
    return { folder: this.#root, written, noise: this.#noise };
  }

  /** What was read or written where a case has no business. */
  #trespass({ files, args }: HostileCase): Judgement | undefined {
    const read = statSync(join(this.#root, "outside", "secret")).atime.getTime() !== longAgo.getTime();
    if (read) return { how: "read outside", detail: "the file outside was opened" };
    const own = new Set([...folders, "outside", "outside/secret"]);
    const places = ["", "outside", "input", ...(args[0] === "describe" ? [] : ["model"])];
    const strange = places
      .flatMap((place) => readdirSync(join(this.#root, place)).map((name) => (place ? `${place}/${name}` : name)))
      .find((path) => !own.has(path) && !this.#isOwn(path, files));
    return strange === undefined ? undefined : { how: "wrote outside", detail: strange };
  }

  #isOwn(path: string, files: HostileCase["files"]): boolean {
    const prop = path.startsWith("model/") && this.#props.has(path.slice("model/".length));
    return prop || Object.keys(files).some((name) => name === path || name.startsWith(`${path}/`));
  }

  async #start(): Promise<ChildProcess> {
    const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
    const child = fork(worker, [], {
      cwd: repository,
      execArgv: ["--import", import.meta.resolve("tsx")],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        FOVEA_DATA: join(this.#root, "data"),
        FOVEA_CACHE: join(this.#root, "cache"),
        FOVEA_THREADS: "1",
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#noise += chunk;
      });
    }
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", () => reject(new Error(`hostile worker did not start: ${this.#noise}`)));
    });
    child.removeAllListeners("exit");
    return child;
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
  #ask(child: ChildProcess, args: readonly string[]): Promise<Answer | Judgement> {
    const { time, memory } = this.#limits;
    const pid = child.pid as number;
    this.#noise = "";
    forgetPeak(pid);
    const [began, computed] = [performance.now(), computedTime(pid) ?? 0];
    return new Promise((resolve) => {
      const end = (answer: Answer | Judgement) => {
        clearInterval(watch);
        child.removeAllListeners("message").removeAllListeners("exit");
        if ("how" in answer) this.#stop().then(() => resolve(answer));
        else resolve(answer);
      };
      const overMemory = (bytes: number): Judgement | undefined =>
        bytes > memory ? { how: "memory", detail: `the process holds ${(bytes / 1e9).toFixed(1)} GB` } : undefined;
      // Work beside it may leave the process little time: only one that does not compute at all is given up by the clock.
      let [lastComputed, lastMove] = [computed, began];
      const overTime = (): Judgement | undefined => {
        const [now, own] = [performance.now(), computedTime(pid)];
        if (own !== undefined && own > lastComputed) [lastComputed, lastMove] = [own, now];
        const [used, idle] = [(own ?? 0) - computed, now - lastMove];
        if (used <= time && idle <= 3 * time) return undefined;
        return { how: "hang", detail: `no answer after ${used} ms of computing in ${Math.round(now - began)} ms` };
      };
      const watch = setInterval(() => {
        const over = overMemory(heldMemory(pid)) ?? overTime();
        if (over) end(over);
      }, 50);
      child.once("message", (answer: Answer) => end(overMemory(peakMemory(pid)) ?? answer));
      child.once("exit", (code, signal) =>
        end({ how: "crash", detail: `the process ended with ${signal ?? code}: ${this.#noise.trim()}` }),
      );
      child.send(args);
    });
  }
}
