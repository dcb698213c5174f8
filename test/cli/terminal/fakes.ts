/** @file A screen, a clock and a Ctrl-C that tests hold in their hands. */

import type { EndingSignal, InterruptSource } from "../../../src/cli/terminal/interrupt.js";
import { Job, type OutputFlags } from "../../../src/cli/terminal/job.js";
import { Screen } from "../../../src/cli/terminal/screen.js";

export interface FakeJobOptions extends OutputFlags {
  /** Whether stderr is a terminal. Default false. */
  readonly terminal?: boolean;
  /** Columns of the terminal. Default 80. */
  readonly columns?: number;
}

/** A job on a fake screen; what it writes is kept. */
export function fakeJob({ terminal = false, columns = 80, ...flags }: FakeJobOptions = {}) {
  const clock = { time: 0 };
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") => ({
    isTTY: terminal,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const listeners = new Set<(signal: EndingSignal) => void>();
  const interrupts: InterruptSource = {
    listen: (listener) => listeners.add(listener),
    unlisten: (listener) => listeners.delete(listener),
  };
  const send = (signal: EndingSignal) => {
    for (const listener of [...listeners]) listener(signal);
  };
  const screen = new Screen(stream("out"), stream("err"));
  const job = new Job(flags, { screen, interrupts, now: () => clock.time });
  return {
    job,
    screen,
    clock,
    written,
    /** Whether Ctrl-C is heard; where not, it ends the program. */
    listens: () => listeners.size > 0,
    pressCtrlC: () => send("SIGINT"),
    send,
  };
}
