/** @file The part of docs/conformance-kit.md that is written from the results. */

import { slugOf } from "../../site/slug.js";
import { type Entry, manifest } from "../index.js";
import {
  type Cell,
  cellsOf,
  type Explanation,
  explanationsOf,
  isRight,
  type Results,
  type Row,
  tools,
} from "./results.js";

const [begin, end] = ["<!-- `npm run conformance:kit` writes: table -->", "<!-- end -->"];

/** The page with its written part renewed. */
export function kitPage(old: string, results: Results, explanations: readonly Explanation[]): string {
  const [start, stop] = [old.indexOf(begin), old.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`docs/conformance-kit.md: expected ${begin} and ${end}`);
  return `${old.slice(0, start)}${begin}\n\n${written(results, explanations)}\n\n${old.slice(stop)}`;
}

function written(results: Results, explanations: readonly Explanation[]): string {
  const kinds = new Map(manifest.cases.map(({ name, kind }) => [name, kind]));
  const cells = cellsOf(results.rows, kinds);
  const parts = Object.keys(manifest.methods).map((method) => methodPart(method, cells, results, explanations));
  return [summary(results), ...parts, casesPart(), versionsPart(results)].join("\n\n");
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
/** @param isNumber columns behind the first hold numbers */
const head = (names: readonly string[], isNumber = false) =>
  `${row(names)}\n|${names.map((_, i) => (isNumber && i > 0 ? "--:" : "---")).join("|")}|`;

function summary({ rows, date }: Results): string {
  const seen = new Map<string, number>();
  // As headings of one name are told apart: a number behind all but the first.
  const anchor = (title: string) => {
    const [slug, count] = [slugOf(title), seen.get(slugOf(title)) ?? 0];
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
  const lines = Object.entries(manifest.methods).map(([method, { title }]) => {
    const counts = tools.map(({ name }) => {
      const own = rows.filter((each) => each.tool === name && each.method === method);
      return own.length === 0 ? "" : `${own.filter(({ status }) => status === "right").length}/${own.length}`;
    });
    return row([`[${title}](#${anchor(title)})`, ...counts]);
  });
  return `## Who is right where

Made on ${date}. The counts are of cases in which a tool gives the equation's map, but for the rounding of float32 (1e-4 of the map's largest magnitude). An empty cell is a method that the tool does not have. tf-keras-vis runs on the ${manifest.cases.filter(({ keras }) => keras).length} cases that are Keras networks too.

${head(["method", ...tools.map(({ name }) => name)], true)}
${lines.join("\n")}`;
}

function methodPart(method: string, cells: readonly Cell[], results: Results, all: readonly Explanation[]): string {
  const { title = method, equation = "", paper = "" } = manifest.methods[method] ?? {};
  const own = cells.filter((cell) => cell.method === method);
  const present = tools.filter(({ name }) => own.some(({ tool }) => tool === name));
  const kinds = Object.keys(manifest.kinds).filter((kind) => own.some((cell) => cell.kind === kind));
  const lines = kinds.map((kind) =>
    row([kind, ...present.map(({ name }) => cellText(own.find((cell) => cell.tool === name && cell.kind === kind)))]),
  );
  const calls = present.map(({ name }) => `${name} \`${results.calls[name]?.[method] ?? method}\``);
  const why = all.flatMap((explanation) => {
    const cellsOf = own.filter((cell) => !isRight(cell) && explanationsOf(cell, [explanation]).length > 0);
    const where = cellsOf.map(({ kind }) => kind).join(", ");
    return cellsOf.length === 0 ? [] : [`- ${explanation.tool} (${where}): ${explanation.says}${again(cellsOf)}`];
  });
  return `### ${title}

\`${equation}\`. ${paper}. Called as ${calls.join(", ")}.

${head(["kind of case", ...present.map(({ name }) => name)], true)}
${lines.join("\n")}${why.length > 0 ? `\n\n${why.join("\n")}` : ""}`;
}

/** How far the tool's maps are from the equation of their explanation. */
function again(cells: readonly Cell[]): string {
  const errors = cells.flatMap(({ rows }) => rows.flatMap(({ reproduced = [] }) => reproduced));
  return errors.length === 0 ? "" : ` Reproduced within ${shown(Math.max(...errors))}.`;
}

/** The worst of a cell's cases. */
function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  const wrong = cell.rows.filter(({ status }) => status !== "right");
  if (wrong.length === 0) return shown(worst(cell.rows));
  const part = wrong.length < cell.rows.length ? ` (${wrong.length} of ${cell.rows.length})` : "";
  const said = wrong.every(({ status }) => status === "unsupported")
    ? "not supported"
    : wrong.some(({ status }) => status === "failed")
      ? "fails"
      : shown(worst(wrong));
  return `**${said}**${part}`;
}

const worst = (rows: readonly Row[]) => Math.max(...rows.map(({ error }) => error ?? Number.NaN));

function shown(error: number): string {
  if (Number.isNaN(error)) return "no number";
  if (error === 0) return "0";
  return error < 0.01 || error >= 100 ? error.toExponential(1) : error.toPrecision(2);
}

function casesPart(): string {
  const line = ({ name, kind, about, onnx, torch, keras, methods }: Entry) =>
    row([name, kind, about, onnx.exporter, `\`${torch.layer}\``, keras ? "yes" : "", `${methods.length}`]);
  return `## The cases

${Object.entries(manifest.kinds)
  .map(([kind, says]) => `- *${kind}*: ${says}`)
  .join("\n")}

${head(["case", "kind", "what it is there for", "exporter", "layer", "Keras too", "maps"])}
${manifest.cases.map(line).join("\n")}`;
}

function versionsPart({ versions }: Results): string {
  const lines = tools.map(({ name, site, licence }) => {
    const version = versions[name] ?? "";
    const isCommit = /^[\da-f]{40}$/.test(version);
    return row([
      `[${name}](${site})`,
      isCommit ? `[${version.slice(0, 7)}](${site}/tree/${version})` : version,
      licence,
    ]);
  });
  const others = Object.entries(versions).filter(([name]) => !tools.some((tool) => tool.name === name));
  return `## Versions

${head(["tool", "version", "licence"])}
${lines.join("\n")}

With ${others.map(([name, version]) => `${name} ${version}`).join(", ")}.`;
}
