/**
 * @file Explains many architectures of torchvision, timm and transformers, exported in every way, and compares with PyTorch. It needs Python
 * with these: `npm run sweep -- --python PATH [--only NAME,...] [--exports FOLDER] [--page]`
 */

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Measured, measure } from "./measure.js";
import { isRight, sweepSection, withSweepSection } from "./page.js";
import { forms, Python, type Reference } from "./reference.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = at("../../docs/conformance.md");

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    only: { type: "string" },
    results: { type: "string", default: at("results.jsonl") },
    exports: { type: "string" },
    page: { type: "boolean", default: false },
  },
});

/** `library/network` of every one in the list. */
function names(): string[] {
  const { families } = JSON.parse(readFileSync(at("../../test/reference/sweep/networks.json"), "utf8")) as {
    readonly families: readonly { readonly library: string; readonly networks: Readonly<Record<string, unknown>> }[];
  };
  return families.flatMap(({ library, networks }) => Object.keys(networks).map((network) => `${library}/${network}`));
}

function read(path: string): Measured[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Measured);
}

/** Measures what the file of results lacks; a broken-off sweep goes on where it was. */
async function sweep(python: string): Promise<void> {
  const done = new Set(read(values.results).map(({ name }) => name));
  const only = values.only?.split(",");
  const left = names().filter((name) => (only ? only.includes(name) : !done.has(name)));
  const torch = new Python(python);
  try {
    for (const [i, name] of left.entries()) {
      const measured = await sweepNetwork(torch, name);
      appendFileSync(values.results, measured.map((each) => `${JSON.stringify(each)}\n`).join(""));
      const told = measured.map((each) => `${each.notExported ? "-" : isRight(each) ? "ok" : "NO"}`).join(" ");
      console.log(`${String(i + 1).padStart(3)} of ${left.length}  ${name.padEnd(40)} ${told}`);
    }
  } finally {
    torch.stop();
  }
}

async function sweepNetwork(torch: Python, name: string): Promise<Measured[]> {
  const kept = values.exports && join(values.exports, name);
  const folder = kept ?? mkdtempSync(join(tmpdir(), "fovea-sweep-"));
  try {
    const reference = await referenceIn(folder, torch, name);
    const measured: Measured[] = [];
    for (const form of forms) measured.push(await measure(reference, form, folder));
    return measured;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return forms.map((form) => ({ name, form, notExported: reason }));
  } finally {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  }
}

/** PyTorch's numbers and exports of a network, made where they are not in the folder yet. */
async function referenceIn(folder: string, torch: Python, name: string): Promise<Reference> {
  const path = join(folder, "reference.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8"));
  mkdirSync(folder, { recursive: true });
  const reference = await torch.make(name, folder);
  writeFileSync(path, JSON.stringify(reference));
  return reference;
}

if (values.python === undefined && !values.page) {
  console.error(
    "sweep: expected --python with the path of a Python that has torch, torchvision, timm, transformers, onnx and onnxscript, or --page to write the page from earlier results",
  );
  process.exit(2);
}
if (values.python !== undefined) await sweep(values.python);
const order = names();
const latest = new Map(read(values.results).map((each) => [`${each.name} ${each.form}`, each]));
const results = [...latest.values()].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
writeFileSync(page, withSweepSection(readFileSync(page, "utf8"), sweepSection(results)));
