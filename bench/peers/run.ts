/**
 * @file Measures Fovea beside other tools on the same networks and images, and writes docs/compare.md: `npm run peers`. `FOVEA_PYTHON` is a
 * Python with torch, torchvision, onnx, onnxscript, tensorflow, keras and what the tools import; `FOVEA_PEERS` a folder with their
 * repositories, named as they are, each as it was cloned. Rows that are there already are kept, so that a run can be broken off.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { duration } from "../../src/foundation/words.js";
import { measure, type Places, type Task } from "./measure.js";
import { ratios, spread } from "./numbers.js";
import { comparePage } from "./page.js";
import { type Contest, contests, methods, networks, tools } from "./plan.js";
import { type About, appendResult, forget, keyOf, type Row, readResults } from "./results.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const kept = at("results.jsonl");

const { values } = parseArgs({
  options: {
    networks: { type: "string" },
    methods: { type: "string" },
    peers: { type: "string" },
    batches: { type: "string" },
    rounds: { type: "string", default: "9" },
    seconds: { type: "string", default: "10" },
    results: { type: "string", default: kept },
    fresh: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
});

function stop(message: string): never {
  console.error(`peers: ${message}`);
  process.exit(2);
}

/** The names of an option, all of them known; undefined where it is not given. */
function chosen(option: "networks" | "methods" | "peers", known: readonly string[]): ReadonlySet<string> | undefined {
  const names = values[option]?.split(",");
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) stop(`--${option}: expected some of ${known.join(", ")}, got "${unknown}"`);
  return names && new Set(names);
}

function positive(option: "rounds" | "seconds"): number {
  const value = Number(values[option]);
  return value > 0 ? value : stop(`--${option}: expected a number above zero, got "${values[option]}"`);
}

function places(): Places {
  const { FOVEA_PYTHON: python, FOVEA_PEERS: peers } = process.env;
  if (!python || !existsSync(python)) stop(`FOVEA_PYTHON: expected the path of a Python, got ${python ?? "nothing"}`);
  if (!peers || !existsSync(peers)) stop(`FOVEA_PEERS: expected a folder of snapshots, got ${peers ?? "nothing"}`);
  return { python, peers, networks: join(peers, "networks") };
}

/** The part of the plan that is asked for. */
function tasks(): Task[] {
  const ofNetworks = chosen(
    "networks",
    networks.map(({ name }) => name),
  );
  const ofMethods = chosen(
    "methods",
    methods.map(({ name }) => name),
  );
  const ofPeers = chosen(
    "peers",
    tools.map(({ name }) => name),
  );
  const batches = values.batches?.split(",").map(Number);
  const isNamed = ofNetworks !== undefined && ofMethods !== undefined;
  const isChosen = ({ network, method, long }: Contest) =>
    (ofNetworks?.has(network) ?? true) && (ofMethods?.has(method) ?? true) && (!long || values.all || isNamed);
  return contests
    .filter(isChosen)
    .map((contest) => ({
      ...contest,
      tools: contest.tools.filter((name) => ofPeers?.has(name) ?? true),
      batches: contest.batches.filter((batch) => batches?.includes(batch) ?? true),
    }))
    .filter((task) => task.tools.length > 0 && task.batches.length > 0);
}

function keysOf({ network, method, tools: names, batches }: Task): string[] {
  return batches.flatMap((batch) => names.map((tool) => keyOf({ network, method, batch, tool })));
}

/** The batches that are not measured with every tool yet. */
function left(task: Task, done: ReadonlySet<string>): Task {
  return {
    ...task,
    batches: task.batches.filter((batch) => !keysOf({ ...task, batches: [batch] }).every((key) => done.has(key))),
  };
}

function makeNetworks(names: readonly string[], { python, networks: folder }: Places): void {
  const missing = names.filter((name) => !existsSync(join(folder, name, "about.json")));
  if (missing.length === 0) return;
  console.log(`making ${missing.join(", ")}`);
  for (const name of missing) {
    const { status, stderr } = spawnSync(python, [at("python/networks.py"), folder, name], { encoding: "utf8" });
    if (status !== 0) stop(`${name} could not be made: ${stderr?.trim().split("\n").at(-1)}`);
  }
}

function about(versions: About["versions"], { peers }: Places): About {
  const commit = (folder: string) =>
    execFileSync("git", ["-C", folder, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const version = (path: string): string => JSON.parse(readFileSync(at(path), "utf8")).version;
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores of ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, no GPU`,
    versions: {
      ...versions,
      Node: process.versions.node,
      "onnxruntime-node": version("../../node_modules/onnxruntime-node/package.json"),
    },
    commits: {
      Fovea: commit(at(".")),
      ...Object.fromEntries(tools.map(({ name, folders }) => [name, commit(join(peers, folders[0] ?? ""))])),
    },
  };
}

function inWords(row: Row): string {
  if (row.error !== undefined) return row.error;
  const { median } = spread(ratios(row.theirs, row.ours));
  return `${median.toFixed(2)} times as long (${spread(row.theirs).median.toFixed(0)} ms and ${spread(row.ours).median.toFixed(0)} ms)`;
}

async function run(): Promise<void> {
  const where = places();
  const asked = tasks();
  if (values.fresh) forget(values.results, new Set(asked.flatMap(keysOf)));
  const done = new Set(readResults(values.results).rows.map(keyOf));
  const open = asked.map((task) => left(task, done)).filter(({ batches }) => batches.length > 0);
  makeNetworks([...new Set(open.map(({ network }) => network))], where);
  const budget = { rounds: positive("rounds"), seconds: positive("seconds") };
  const began = Date.now();
  for (const [i, task] of open.entries()) {
    console.log(`${i + 1} of ${open.length}  ${task.method} of ${task.network}  after ${duration(Date.now() - began)}`);
    const versions = await measure(task, where, budget, (row) => {
      appendResult(values.results, row);
      console.log(`  ${row.tool.padEnd(17)} batch ${row.batch}  ${inWords(row)}`);
    });
    appendResult(values.results, { about: about(versions, where) });
  }
}

if (!values.page) await run();
// Trials are written beside their rows.
const page = values.results === kept ? at("../../docs/compare.md") : `${values.results}.md`;
writeFileSync(page, comparePage(readResults(values.results)));
