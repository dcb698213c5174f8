/** @file Judges how a hostile case ended, by what the command said and what it wrote. */

import { readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { readNpy } from "../../../src/data/npy.js";
import { floats } from "../../../src/onnx/tensor.js";
import type { HostileCase } from "./hostile-case.js";
import type { Answer } from "./worker.js";

/** The first four are as it should be. */
export const outcomes = [
  "result",
  "no map, and why",
  "some failed, and why",
  "clear error",
  "unclear error",
  "unclear output",
  "crash",
  "hang",
  "memory",
  "read outside",
  "wrote outside",
] as const;

export interface Outcome {
  readonly how: (typeof outcomes)[number];
  /** What the command said, or what is wrong. */
  readonly detail: string;
  readonly milliseconds: number;
  /** Milliseconds of computing, to ten; 0 where the system does not tell. */
  readonly computed: number;
}

export function isFailure({ how }: Outcome): boolean {
  return outcomes.indexOf(how) > outcomes.indexOf("clear error");
}

export type Judgement = Pick<Outcome, "how" | "detail">;

/** What a case left in its folder. */
export interface Left {
  readonly folder: string;
  /** Files in `out` that the case itself did not bring. */
  readonly written: readonly string[];
  /** What libraries wrote past the command. */
  readonly noise: string;
}

/** Commands that write their one result at the end, and nothing where they refuse. */
const wholeOrNothing = new Set(["explain", "compile", "convert"]);

export function judge(hostile: HostileCase, { code, out, err, thrown }: Answer, left: Left): Judgement {
  const { written, noise } = left;
  if (thrown !== undefined) return { how: "crash", detail: thrown };
  if (/a fault of Fovea/.test(err)) return { how: "crash", detail: err };
  if (noise !== "") return { how: "unclear error", detail: `noise of a library: ${noise}` };
  const half = written.find((name) => /\.tmp\b|\.part\b/.test(name));
  if (half !== undefined) return { how: "crash", detail: `half-written: ${half}` };
  const unsafe = badOutput(hostile, code, out) ?? badLines(err);
  if (unsafe !== undefined) return { how: "unclear output", detail: unsafe };
  if (code === 2) {
    const leftover = wholeOrNothing.has(hostile.args[0] ?? "") ? written[0] : undefined;
    const problem = unclear(err, hostile) ?? (leftover === undefined ? undefined : `${leftover} was written`);
    return problem === undefined
      ? { how: "clear error", detail: err.trim() }
      : { how: "unclear error", detail: `${problem}: ${err}` };
  }
  if (code === 1) return { how: "some failed, and why", detail: err.trim() };
  if (code !== 0) return { how: "crash", detail: `exit code ${code}: ${err}` };
  const problem = hostile.args[0] === "explain" ? badMaps(out, left) : undefined;
  if (problem) return { how: "crash", detail: problem };
  const blank = /"condition": "(?!fine)[\w-]+"|NOT explained rightly/.exec(out);
  return { how: blank ? "no map, and why" : "result", detail: blank ? blank[0] : "" };
}

/** Characters that steer a terminal, line breaks and tabs aside. */
const steering = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** As messages show them. */
const escaped = (text: string) =>
  text.replaceAll("\n", "\\n").replaceAll(steering, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
const steers = (text: string) => text.search(steering) >= 0;

function badOutput({ args }: HostileCase, code: number, out: string): string | undefined {
  if (steers(out)) return "characters that control the terminal, in the output";
  if (code !== 0 || !args.includes("--json") || args.includes("-")) return undefined;
  try {
    JSON.parse(out);
    return undefined;
  } catch (error) {
    return `--json prints no JSON (${error})`;
  }
}

function badLines(err: string): string | undefined {
  if (steers(err)) return `characters that control the terminal, in a message: ${JSON.stringify(err.slice(0, 300))}`;
  const long = err.split("\n").find((line) => line.length > 800);
  return long === undefined ? undefined : `a line of ${long.length} characters: ${long.slice(0, 200)}`;
}

/** Words of the program, which tell a user nothing of the file. */
const inner =
  /internal:|\bat .*\(.*:\d+:\d+\)|\bundefined\b(?! entity)|\[object |\b(Type|Range|Reference|Syntax)Error\b|Maximum call stack|Invalid (array|string|typed array) length|is not (a function|iterable)|Cannot read propert|out of bounds$/;

/** A message without words of the program that the case itself holds. */
function withoutOwn(line: string, what: string): string {
  const own = inner.exec(what)?.[0];
  return own === undefined ? line : line.replaceAll(own, "");
}

/** Why an error is not clear. Notes may stand before it, and lines of single inputs if the last says how many failed. */
function unclear(err: string, { files, args, what }: HostileCase): string | undefined {
  const lines = err.replace(/\n$/, "").split("\n");
  const errors = lines.filter((line) => /^(fovea|error): /.test(line));
  const last = lines.at(-1) ?? "";
  if (!/^(fovea|error): |^\(fovea/.test(last)) return "not an error of ours";
  if (errors.length > 1 && !/^fovea: \d[\d,]* .*(failed|skipped)/.test(last)) return "more than one line";
  const odd = errors.find((line) => inner.test(withoutOwn(line, what)));
  if (odd !== undefined) return "talks of the program, not of the file";
  // The model that is explained where none is named is called so.
  const names = [
    "(embedded)",
    "mnist.onnx",
    '""',
    ...Object.keys(files),
    ...args.map((arg) => arg.slice(arg.indexOf("@") + 1)),
  ].flatMap((name) => [basename(name), basename(name, extname(name))].map((each) => escaped(each).slice(0, 50)));
  const line = errors[0] ?? "";
  return /^error: |: --[a-z]|class names as given|: unknown [a-z ]+ "/.test(line) ||
    names.some((name) => name.length > 1 && line.includes(name))
    ? undefined
    : "does not name the file";
}

/** What is wrong with the files that were written; undefined where they are whole and their numbers finite. */
function badMaps(out: string, { folder, written }: Left): string | undefined {
  if (written.length === 0) return "nothing was written";
  const fine = !/"condition": "not-finite"/.test(out);
  for (const name of written) {
    const bytes = readFileSync(join(folder, "out", name));
    if (name.endsWith(".npy")) {
      const values = floats(readNpy(bytes, name));
      if (fine && !values.every(Number.isFinite)) return `${name}: numbers that are not finite, and nothing said`;
    } else if (name.endsWith(".png") && bytes.subarray(-8, -4).toString("latin1") !== "IEND") {
      return `${name}: no whole PNG file`;
    }
  }
  return undefined;
}
