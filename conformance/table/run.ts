/**
 * @file Runs every tool on the kit and writes the table of who is right where: `npm run conformance:kit`. `FOVEA_PYTHON` is a Python with
 * torch, tensorflow, keras and what the tools import; `FOVEA_PEERS` a folder with their repositories, named as they are. `--fovea` runs
 * Fovea alone and keeps the others' rows; `--page` runs nothing.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { difference, manifest, readArray, valuesOf } from "../index.js";
import { askedOf, foveaValues } from "../runners/fovea.js";
import { kitPage } from "./page.js";
import { bar, cellsOf, type Explanation, type Results, type Row, tools, unexplained } from "./results.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [resultsFile, page] = [at("../results.json"), at("../../docs/conformance-kit.md")];
const { values } = parseArgs({
  options: { fovea: { type: "boolean", default: false }, page: { type: "boolean", default: false } },
});

function stop(message: string): never {
  console.error(`conformance:kit: ${message}`);
  process.exit(2);
}

function placed(variable: "FOVEA_PYTHON" | "FOVEA_PEERS", what: string): string {
  const path = process.env[variable];
  return path && existsSync(path) ? path : stop(`${variable}: expected ${what}, got ${path ?? "nothing"}`);
}

const rounded = (error: number) => Number(error.toPrecision(2));

type Ran = Pick<Results, "versions" | "calls" | "rows">;

/** The row of a map that a tool made. */
function compared(row: Pick<Row, "tool" | "case" | "method">, found: ArrayLike<number>, afterRelu: boolean): Row {
  const error = difference(found, valuesOf({ name: row.case }, row.method), row.method, { afterRelu });
  return { ...row, status: error <= bar ? "right" : "deviates", error: Number.isFinite(error) ? rounded(error) : null };
}

async function runFovea(): Promise<Ran> {
  const rows: Row[] = [];
  for (const entry of manifest.cases) {
    for (const method of entry.methods) {
      const row = { tool: "Fovea", case: entry.name, method };
      try {
        const found = (await foveaValues(entry, [method])).get(method);
        rows.push(compared(row, found ?? [], false));
      } catch (error) {
        const says = error instanceof Error ? error.message.slice(error.message.indexOf(`${method} at layer`)) : "";
        rows.push({ ...row, status: "failed", says });
      }
    }
    console.log(`Fovea ${entry.name}`);
  }
  const { version } = JSON.parse(readFileSync(at("../../package.json"), "utf8"));
  const calls = Object.fromEntries(Object.keys(manifest.methods).map((method) => [method, askedOf(method)]));
  return { versions: { Fovea: version }, calls: { Fovea: calls }, rows };
}

interface Outcomes {
  readonly versions: Readonly<Record<string, string>>;
  readonly calls: Readonly<Record<string, string>>;
  readonly afterRelu: readonly string[];
  readonly outcomes: readonly {
    readonly case: string;
    readonly method: string;
    readonly status: "ran" | "unsupported" | "failed";
    readonly says?: string;
  }[];
}

/** What a Python program of the kit prints. */
function python(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const command = placed("FOVEA_PYTHON", "the path of a Python");
  const options = {
    encoding: "utf8",
    env: { ...process.env, ...env, PYTHONDONTWRITEBYTECODE: "1" },
    maxBuffer: 2 ** 28,
  } as const;
  const { status, stdout, stderr } = spawnSync(command, [at(program), ...args], options);
  if (status !== 0) stop(`${program} ${args[0]} failed: ${stderr?.trim().split("\n").at(-1)}`);
  return stdout;
}

interface Reproduced {
  readonly case: string;
  readonly method: string;
  readonly reproduced: number;
}

function runOther(tool: string): Ran {
  const name = tool.toLowerCase();
  const snapshot = join(placed("FOVEA_PEERS", "a folder of snapshots"), name);
  const out = mkdtempSync(join(tmpdir(), "kit-"));
  console.log(tool);
  try {
    python("../runners/run.py", [name, out], { PYTHONPATH: snapshot });
    const explained: Reproduced[] = JSON.parse(python("../reference/deviations.py", [name, out], {}));
    const outcomes = readFileSync(join(out, "outcomes.json"), "utf8");
    const { versions, calls, afterRelu, outcomes: all }: Outcomes = JSON.parse(outcomes);
    const rows = all.map(({ status: came, ...row }): Row => {
      const own = { tool, ...row };
      if (came !== "ran") return { ...own, status: came };
      const { data } = readArray(join(out, row.case, `${row.method}.npy`));
      const found = compared(own, data, afterRelu.includes(row.method));
      const again = explained.find((each) => each.case === row.case && each.method === row.method);
      return again && found.status === "deviates" ? { ...found, reproduced: rounded(again.reproduced) } : found;
    });
    const commit = execFileSync("git", ["-C", snapshot, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
    return { versions: { ...versions, [tool]: commit }, calls: { [tool]: calls }, rows };
  } finally {
    rmSync(out, { recursive: true });
  }
}

async function run(): Promise<Results> {
  const runs: Ran[] = [];
  if (values.fovea) {
    const old = readResults();
    runs.push({ ...old, rows: old.rows.filter(({ tool }) => tool !== "Fovea") });
    runs.unshift(await runFovea());
  } else {
    placed("FOVEA_PYTHON", "the path of a Python");
    placed("FOVEA_PEERS", "a folder of snapshots");
    runs.push(await runFovea());
    for (const { name } of tools) if (name !== "Fovea") runs.push(runOther(name));
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    versions: Object.assign({}, ...runs.toReversed().map(({ versions }) => versions), { kit: manifest.version }),
    calls: Object.assign({}, ...runs.toReversed().map(({ calls }) => calls)),
    rows: runs.flatMap(({ rows }) => rows),
  };
}

function readResults(): Results {
  return JSON.parse(readFileSync(resultsFile, "utf8"));
}

/** A row on a line each, so that changes can be read. */
function asText({ rows, ...about }: Results): string {
  const lines = rows.map((row) => JSON.stringify(row)).join(",\n");
  return `${JSON.stringify(about, null, 1).replace(/\n}$/, "")},\n "rows": [\n${lines}\n]}\n`;
}

const results = values.page ? readResults() : await run();
writeFileSync(resultsFile, asText(results));
const explanations: readonly Explanation[] = JSON.parse(readFileSync(at("../explanations.json"), "utf8"));
writeFileSync(page, kitPage(readFileSync(page, "utf8"), results, explanations));
const kinds = new Map(manifest.cases.map(({ name, kind }) => [name, kind]));
const problems = unexplained(cellsOf(results.rows, kinds), explanations);
for (const problem of problems) console.error(`conformance:kit: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
