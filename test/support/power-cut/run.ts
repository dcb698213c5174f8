/** @file Kills commands at random moments, looks at what they leave, and runs them again. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Random, random } from "../../../src/foundation/random.js";
import { differences, type Files, filesIn, halfWritten } from "./files.js";
import { type Scenario, scenariosFor } from "./scenarios.js";
import { makeSetting, type Setting } from "./setting.js";

/** What killing a scenario's command brought to light. */
export interface CutOutcome {
  readonly scenario: string;
  /** How often it was killed. */
  cuts: number;
  /** How often it was killed at a change of its files; else the moments are spread evenly over its time. */
  atWrites: number;
  readonly faults: string[];
}

interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** An undisturbed run. */
interface Whole {
  readonly files: Files;
  readonly out: string;
  readonly milliseconds: number;
  /** How many changes of files were seen. */
  readonly changes: number;
}

/** A moment to kill a command: after so many milliseconds, or so many changes of its files. */
type Moment = { readonly after: number } | { readonly changes: number; readonly and: number };

const old = Buffer.from("an old version");

/** Share of kills after which the next run is killed as well. */
const shareAgain = 0.3;

/**
 * Kills commands `count` times altogether. The built command line is run.
 * @param onFault told at once
 */
export async function cutPower(count: number, seed: string | number, onFault?: (fault: string) => void) {
  const setting = await makeSetting();
  const source = random(`power cut ${seed}`);
  try {
    const scenarios = scenariosFor(setting);
    const outcomes: CutOutcome[] = [];
    for (const [i, scenario] of scenarios.entries()) {
      const share = Math.floor((count * (i + 1)) / scenarios.length) - Math.floor((count * i) / scenarios.length);
      const outcome = { scenario: scenario.name, cuts: 0, atWrites: 0, faults: [] as string[] };
      outcomes.push(outcome);
      if (share > 0) await new Cuts(setting, scenario, source.fork(scenario.name), outcome).run(share);
      for (const fault of outcome.faults) onFault?.(fault);
    }
    return outcomes;
  } finally {
    setting.close();
  }
}

class Cuts {
  readonly #setting: Setting;
  readonly #scenario: Scenario;
  readonly #source: Random;
  readonly #outcome: CutOutcome;
  readonly #folder: string;

  constructor(setting: Setting, scenario: Scenario, source: Random, outcome: CutOutcome) {
    [this.#setting, this.#scenario, this.#source, this.#outcome] = [setting, scenario, source, outcome];
    this.#folder = join(setting.root, scenario.name.replaceAll(" ", "-"));
  }

  async run(count: number): Promise<void> {
    const whole = await this.#undisturbed();
    // Some moments come after the end: these do not count.
    for (let round = 0; this.#outcome.cuts < count && round < 4 * count; round++)
      await this.#round(round, count, whole);
  }

  /** Kills a run, perhaps the next ones too, and lets the last one finish. */
  async #round(round: number, count: number, whole: Whole): Promise<void> {
    const { replaces, name, tellsTheSame } = this.#scenario;
    const hasOld = replaces !== undefined && round % 2 === 1;
    this.#empty();
    if (hasOld) this.#put(replaces, old);
    const before: Files = new Map(hasOld ? [[replaces, old]] : []);
    const fault = (what: string) => this.#outcome.faults.push(`${name}, round ${round}: ${what}`);
    const isGoingOn = () => this.#outcome.cuts < count && this.#source.uniform() < shareAgain;
    for (let again: readonly string[] = [], goOn = true; goOn; again = this.#again(), goOn = isGoingOn()) {
      const moment = this.#moment(whole);
      const killed = await this.#killed(again, moment);
      if (killed.signal !== "SIGKILL") {
        if (killed.code !== 0) fault(`ended with ${killed.code}: ${killed.err}`);
        break;
      }
      this.#outcome.cuts++;
      if ("changes" in moment) this.#outcome.atWrites++;
      for (const what of halfWritten(filesIn(this.#folder), whole.files, before)) fault(what);
    }
    const last = await this.#begin(this.#again()).done;
    if (last.code !== 0) fault(`the next run ended with ${last.code}: ${last.err}`);
    if (tellsTheSame && last.out !== whole.out) fault("the next run tells something else");
    for (const what of differences(filesIn(this.#folder), whole.files)) fault(what);
  }

  /** The further arguments of a run after another one. */
  #again(): readonly string[] {
    return this.#scenario.resume?.([...filesIn(this.#folder).keys()]) ?? [];
  }

  /** Half of the moments lie at changes of files. */
  #moment({ milliseconds, changes }: Whole): Moment {
    if (changes > 0 && this.#source.uniform() < 0.5)
      return { changes: 1 + this.#source.below(changes), and: 3 * this.#source.uniform() };
    return { after: milliseconds * this.#source.uniform() };
  }

  async #undisturbed(): Promise<Whole> {
    this.#empty();
    const began = performance.now();
    const { child, done } = this.#begin([]);
    let changes = 0;
    const watcher = this.#watch(child, () => changes++);
    const { code, out, err } = await done;
    watcher.close();
    if (code !== 0) throw new Error(`${this.#scenario.name}: expected it to end well, got ${code}: ${err}`);
    return { files: filesIn(this.#folder), out, milliseconds: performance.now() - began, changes };
  }

  async #killed(more: readonly string[], moment: Moment): Promise<Ran> {
    const { child, done } = this.#begin(more);
    if ("after" in moment) {
      await Promise.race([setTimeout(moment.after), done]);
      child.kill("SIGKILL");
      return done;
    }
    let seen = 0;
    const watcher = this.#watch(child, () => {
      if (++seen === moment.changes) setTimeout(moment.and).then(() => child.kill("SIGKILL"));
    });
    const ran = await done;
    watcher.close();
    return ran;
  }

  #watch(child: ChildProcess, onChange: () => void) {
    const watcher = watch(this.#folder, { recursive: true }, onChange);
    // Folders may go while they are looked at.
    watcher.on("error", () => child.kill("SIGKILL"));
    return watcher;
  }

  #begin(more: readonly string[]): { child: ChildProcess; done: Promise<Ran> } {
    const child = spawn(process.execPath, [...this.#scenario.args, ...more], {
      cwd: this.#folder,
      env: {
        ...process.env,
        FOVEA_DATA: join(this.#setting.root, "inputs/sets"),
        FOVEA_CACHE: join(this.#folder, "cache"),
        FOVEA_THREADS: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    const done = new Promise<Ran>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, out, err }));
    });
    return { child, done };
  }

  #empty(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
  }

  #put(name: string, bytes: Uint8Array): void {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
