/** @file Draws the flowcharts of the pages, written in the part of Mermaid's language that they use, as SVG at build. */

export interface Flowchart {
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  readonly arrows: readonly (readonly [from: string, to: string])[];
  readonly across: boolean;
}

/** Reads nodes `id["lines<br>of text"]` and arrows `a --> b`; undefined for any other diagram. */
export function readFlowchart(code: string): Flowchart | undefined {
  const [head = "", ...lines] = code
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const direction = /^flowchart (TD|LR)$/.exec(head)?.[1];
  if (!direction) return undefined;
  const nodes = new Map<string, readonly string[]>();
  const named = (text: string) => {
    const [, id = "", label] = /^(\w+)(?:\["(.*)"\])?$/.exec(text.trim()) ?? [];
    if (label !== undefined) nodes.set(id, label.split("<br>"));
    return id;
  };
  const arrows: [string, string][] = [];
  for (const line of lines) {
    const ids = line.split("-->").map(named);
    if (ids.includes("")) return undefined;
    ids.slice(1).forEach((to, i) => arrows.push([ids[i] ?? "", to]));
  }
  return { nodes, arrows, across: direction === "LR" };
}

const box = { width: 160, line: 16, padding: 10, gapX: 26, gapY: 44 } as const;

interface Placed {
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** The chart as SVG in the page's own colours: nodes in rows (of a chart across in columns) by their longest way from the start. */
export function drawFlowchart(chart: Flowchart): string {
  const ranks = ranksOf(chart);
  const rows = Array.from({ length: Math.max(...ranks.values()) + 1 }, (_, rank) =>
    [...chart.nodes.keys()].filter((id) => ranks.get(id) === rank),
  );
  const placed = chart.across ? placeAcross(chart, rows) : placeDown(chart, rows);
  const width = Math.max(...[...placed.values()].map(({ x }) => x + box.width)) + 1;
  const height = Math.max(...[...placed.values()].map(({ y, height }) => y + height)) + 1;
  const arrows = chart.arrows.map(([from, to]) => arrowBetween(placed.get(from), placed.get(to), chart.across));
  const nodes = [...placed.values()].map(drawNode);
  const marker =
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>';
  return `<figure class="flowchart"><svg viewBox="-1 -1 ${width + 1} ${height + 1}" style="max-width:${width}px" role="img" aria-label="Diagram">${marker}${arrows.join("")}${nodes.join("")}</svg></figure>\n`;
}

/** The length of the longest way that leads to each node. */
function ranksOf({ nodes, arrows }: Flowchart): Map<string, number> {
  const ranks = new Map([...nodes.keys()].map((id) => [id, 0]));
  // As often as there are nodes is enough where no arrow leads back.
  for (let i = 0; i < nodes.size; i++)
    for (const [from, to] of arrows) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
  return ranks;
}

const heightOf = (lines: readonly string[]) => lines.length * box.line + 2 * box.padding;

function placeDown({ nodes }: Flowchart, rows: readonly string[][]): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  const widest = Math.max(...rows.map((row) => row.length)) * (box.width + box.gapX) - box.gapX;
  let y = 0;
  for (const row of rows) {
    const left = (widest - (row.length * (box.width + box.gapX) - box.gapX)) / 2;
    row.forEach((id, i) => {
      const lines = nodes.get(id) ?? [];
      placed.set(id, { lines, x: left + i * (box.width + box.gapX), y, height: heightOf(lines) });
    });
    y += Math.max(...row.map((id) => heightOf(nodes.get(id) ?? []))) + box.gapY;
  }
  return placed;
}

function placeAcross({ nodes }: Flowchart, columns: readonly string[][]): Map<string, Placed> {
  const placed = new Map<string, Placed>();
  columns.forEach((column, rank) => {
    let y = 0;
    for (const id of column) {
      const lines = nodes.get(id) ?? [];
      placed.set(id, { lines, x: rank * (box.width + box.gapX), y, height: heightOf(lines) });
      y += heightOf(lines) + box.gapX;
    }
  });
  return placed;
}

function arrowBetween(from: Placed | undefined, to: Placed | undefined, across: boolean): string {
  if (!from || !to) return "";
  if (across) {
    const [x1, y1, x2, y2] = [from.x + box.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
    return `<path class="arrow" marker-end="url(#tip)" d="M${x1} ${y1}C${x1 + 12} ${y1} ${x2 - 12} ${y2} ${x2} ${y2}"/>`;
  }
  const [x1, y1, x2, y2] = [from.x + box.width / 2, from.y + from.height, to.x + box.width / 2, to.y];
  return `<path class="arrow" marker-end="url(#tip)" d="M${x1} ${y1}C${x1} ${y1 + 26} ${x2} ${y2 - 26} ${x2} ${y2}"/>`;
}

function drawNode({ lines, x, y, height }: Placed): string {
  const texts = lines.map((line, i) => {
    const isBold = /^<b>/.test(line);
    const text = line
      .replaceAll(/<\/?b>/g, "")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;");
    const baseline = y + box.padding + (i + 0.76) * box.line;
    return `<text x="${x + box.width / 2}" y="${baseline}"${isBold ? ' class="bold"' : ""}>${text}</text>`;
  });
  return `<rect x="${x}" y="${y}" width="${box.width}" height="${height}" rx="8"/>${texts.join("")}`;
}
