/** @file docs/compare.md, written from the measured rows. */

import { ratios, spread } from "./numbers.js";
import { type Goal, goals, type Method, methods, networks, settings, tools } from "./plan.js";
import type { About, Results, Row } from "./results.js";

export function comparePage({ rows, about }: Results): string {
  const measured = methods.filter(({ name }) => rows.some(({ method }) => method === name));
  return [
    head(about),
    goalsPart(rows),
    "## Method by method\n\nThe tool's time and Fovea's are medians. *Times as long* is the median over rounds of the tool's time divided by Fovea's, with its quartiles: above 1, Fovea is faster. Memory is the most that the process had, in MiB, network and libraries included.\n",
    ...measured.map((method) => methodPart(method, rows)),
    howPart(about),
  ].join("\n");
}

function head(about: About | undefined): string {
  const where = about ? ` Measured on ${about.date}: ${about.machine}.` : "";
  return `# Compare

How long Fovea takes beside other tools, and how near its numbers are. \`npm run peers\` measures everything here and writes this page.${where}

All networks have seeded random weights, so anyone can repeat it. Speed does not depend on the weights; the quality of maps does, and is no subject here: see [Conformance](conformance.md) for the numbers, and [Results](results.md) for trust.
`;
}

function goalsPart(rows: readonly Row[]): string {
  const lines = goals.flatMap((goal) => {
    const found = rows.filter((row) => row.batch === 1 && isOf(goal, row) && row.theirs.length > 0);
    return found.map((row) => {
      const { median } = spread(ratios(row.theirs, row.ours));
      const cells = [
        methodTitle(row),
        networkTitle(row),
        row.tool,
        `${goal.atLeast}`,
        short(median),
        median >= goal.atLeast ? "yes" : "no",
      ];
      return `| ${cells.join(" | ")} |`;
    });
  });
  const slower = rows.filter((row) => row.theirs.length > 0 && spread(ratios(row.theirs, row.ours)).median < 1);
  const names = slower.map((row) => `${methodTitle(row)} of ${networkTitle(row)} at batch ${row.batch} (${row.tool})`);
  const last =
    names.length === 0
      ? "In no row is a tool faster than Fovea."
      : `Fovea is slower in ${names.length === 1 ? "one row" : `${names.length} rows`}: ${names.join("; ")}.`;
  return `## Goals

How many times as long a tool should take as Fovea at batch 1, and how many it takes.

| method | network | tool | goal | measured | reached |
|---|---|---|--:|--:|:-:|
${lines.join("\n")}

${last}
`;
}

function isOf({ method, network, tool }: Goal, row: Row): boolean {
  return row.method === method && (network ?? row.network) === row.network && (tool ?? row.tool) === row.tool;
}

function methodPart(method: Method, rows: readonly Row[]): string {
  const order = networks.map(({ name }) => name);
  const place = (row: Row) => order.indexOf(row.network) * 100 + row.batch;
  const own = rows.filter((row) => row.method === method.name).toSorted((a, b) => place(a) - place(b));
  const isMetric = own.some((row) => row.values !== undefined);
  const names = ["network", "batch", "tool", "tool, ms", "Fovea, ms", "times as long", "tool, MiB", "Fovea, MiB"];
  const numbers = isMetric ? ["tool's area", "Fovea's area"] : ["correlation", "largest difference"];
  const sides = ["---", "--:", "---", "--:", "--:", "--:", "--:", "--:", "--:", "--:"];
  const present = new Set(own.map(({ tool }) => tool));
  const reasons = Object.entries(method.differs).filter(([tool]) => present.has(tool));
  const why = reasons.map(([tool, reason]) => `- ${tool} ${reason}.`);
  return `### ${method.title}

${method.about}

| ${[...names, ...numbers].join(" | ")} |
|${sides.join("|")}|
${own.map((row) => line(row, isMetric)).join("\n")}
${why.length > 0 ? `\nWhy numbers differ:\n\n${why.join("\n")}\n` : ""}`;
}

function line(row: Row, isMetric: boolean): string {
  const start = [networkTitle(row), `${row.batch}`, row.tool];
  if (row.error !== undefined)
    return `| ${[...start, "", "", row.error.replaceAll("|", "\\|"), "", "", "", ""].join(" | ")} |`;
  const { median, low, high } = spread(ratios(row.theirs, row.ours));
  const areas = (values: readonly number[] = []) => values.map((value) => value.toFixed(4)).join(", ");
  const numbers = isMetric
    ? [areas(row.values?.theirs), areas(row.values?.ours)]
    : [near(row.correlation, 4), near(row.difference)];
  const times = `**${short(median)}** (${short(low)} to ${short(high)})`;
  const cells = [time(row.theirs), time(row.ours), times, `${row.theirPeak ?? ""}`, `${row.ourPeak ?? ""}`];
  return `| ${[...start, ...cells, ...numbers].join(" | ")} |`;
}

/** A correlation or a difference; a map that is the same everywhere has none. */
function near(value: number | null | undefined, decimals?: number): string {
  if (value === undefined) return "";
  if (value === null) return "blank";
  return decimals === undefined ? value.toExponential(1) : value.toFixed(decimals);
}

const time = (times: readonly number[]) => {
  const { median } = spread(times);
  return median.toFixed(median < 100 ? 1 : 0);
};
const short = (ratio: number) => (ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1));
const methodTitle = (row: Row) => methods.find(({ name }) => name === row.method)?.title ?? row.method;
const networkTitle = (row: Row) => networks.find(({ name }) => name === row.network)?.title ?? row.network;

function howPart(about: About | undefined): string {
  const versions = Object.entries(about?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const commits = tools.map(({ name, site, licence }) => {
    const commit = about?.commits[name];
    return `| [${name}](${site}) | ${commit ? `[${commit.slice(0, 7)}](${site}/tree/${commit})` : ""} | ${licence} |`;
  });
  return `## How it was measured

\`\`\`sh
FOVEA_PYTHON=env/bin/python FOVEA_PEERS=snapshots npm run peers -- --fresh
\`\`\`

- Each side is a process of its own with two threads. One of them computes at a time, in rounds; in each round another begins. Three to nine rounds, fewer where a run is long. First runs, which compile and allocate, are not counted.
- Networks are those of torchvision and Keras. Statistics of batch normalisation are taken from the images. The last layer is scaled so that the class that is explained has a probability of 0.9 for the first image. Fovea opens the ONNX file that PyTorch's exporter writes, and Keras' own file.
- Images are tensors already: reading and preprocessing are not timed. The result is an array in main memory.
- All explain the same layer: the activation that Fovea's own choice gives is compared with the one that the tools were told to take.
- Maps are compared at the size that the tool gives them, each stretched from 0 to 1. The correlation is the lowest of all images of the run, the difference the largest.
- ${settings.steps} steps of integrated gradients, ${settings.masks} masks of RISE, ${settings.curve} steps of deletion and insertion, on all sides. How many images run together is each tool's own default, but where the section says otherwise.
- A tool that fails has its error in the table.

${versions.length > 0 ? `Versions: ${versions.join(", ")}. Fovea's commit: ${about?.commits.Fovea?.slice(0, 7)}.\n` : ""}
| tool | commit | licence |
|---|---|---|
${commits.join("\n")}
`;
}
