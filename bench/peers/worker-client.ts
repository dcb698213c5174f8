/** @file A process that does one side's job, asked by lines of JSON. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** The job of a process: the network's folder, the method, and the settings that all sides have. */
export interface Prepare {
  readonly folder: string;
  readonly method: string;
  readonly settings: Readonly<Record<string, number>>;
}

export interface Run {
  readonly batch: number;
  readonly runs: number;
  /** Runs before them that are not timed. */
  readonly lead: number;
  /** Where the numbers of the last run go, as an .npy file. */
  readonly save?: string;
}

/** A request may take this long, in milliseconds. */
const patience = 20 * 60_000;

export class WorkerClient {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...env } });
    const { stdout, stdin } = this.#process;
    if (stdout === null || stdin === null) throw new Error("internal: the process has no input or output");
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
    // A process that has died is known by its missing answer.
    stdin.on("error", () => undefined);
    this.#process.on("error", () => undefined);
  }

  /** Resolves to the versions of what it computes with. @throws Error what it could not do, in a line */
  async prepare(job: Prepare): Promise<Readonly<Record<string, string>>> {
    const { versions } = await this.#ask({ do: "prepare", ...job });
    return isTexts(versions) ? versions : {};
  }

  /** Resolves to the mean of the runs in milliseconds. @throws Error what it could not do, in a line */
  async run(run: Run): Promise<number> {
    return Number((await this.#ask({ do: "run", ...run })).ms);
  }

  /** The most memory that it has had so far, in MiB; undefined where the system does not say. */
  peak(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
      const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
      return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
    } catch {
      return undefined;
    }
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }

  async #ask(request: object): Promise<Record<string, unknown>> {
    const timer = setTimeout(() => this.stop(), patience);
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    clearTimeout(timer);
    if (done) throw new Error("the process ended without an answer");
    const answer: Record<string, unknown> = JSON.parse(value);
    if (typeof answer.error === "string") throw new Error(answer.error);
    return answer;
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
}
