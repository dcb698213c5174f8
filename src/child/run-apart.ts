/** @file Runs a file of ours once in a process of its own, for what fills the standard error, or brings a process down. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a process left behind when it ended. */
export interface Remains {
  /** What its work gave; undefined where it ended before. */
  readonly result: unknown;
  /** Its standard error. */
  readonly noise: string;
}

export interface RunApartOptions {
  /** It is ended when it takes longer. */
  readonly seconds: number;
  /** Variables of its environment besides those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * @param module a file that calls `answerOnce`
 * @param argument plain data
 */
export function runApart(
  module: URL,
  argument: unknown,
  { seconds, variables = {} }: RunApartOptions,
): Promise<Remains> {
  const given = [fileURLToPath(module), JSON.stringify(argument)];
  const limits = { timeout: 1000 * seconds, killSignal: "SIGKILL", maxBuffer: 2 ** 24, windowsHide: true } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, given, { ...limits, env: { ...process.env, ...variables } }, (_, said, noise) =>
      resolve({ result: lastLine(said), noise }),
    );
  });
}

/** The work's own line; others may have written before. */
function lastLine(said: string): unknown {
  try {
    return JSON.parse(said.trimEnd().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
