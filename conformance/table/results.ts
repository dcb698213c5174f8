/** @file What the tools did on the kit: one row for each tool, case and method, and how rows become cells of the table. */

export interface Tool {
  readonly name: string;
  readonly site: string;
  readonly licence: string;
}

/** Others' are those of `runners`, as their folders in `FOVEA_PEERS` are called. */
export const tools: readonly Tool[] = [
  { name: "Fovea", site: "https://github.com/fovea-maps/fovea", licence: "MIT" },
  { name: "pytorch-grad-cam", site: "https://github.com/jacobgil/pytorch-grad-cam", licence: "MIT" },
  { name: "torch-cam", site: "https://github.com/frgfm/torch-cam", licence: "Apache 2.0" },
  { name: "Captum", site: "https://github.com/pytorch/captum", licence: "BSD" },
  { name: "tf-keras-vis", site: "https://github.com/keisen/tf-keras-vis", licence: "MIT" },
];

/** Rounding of float32: the kit has no case that PyTorch's float32 computes worse than 3e-5. */
export const bar = 1e-4;

export interface Row {
  readonly tool: string;
  readonly case: string;
  readonly method: string;
  readonly status: "right" | "deviates" | "unsupported" | "failed";
  /** The largest difference, relative to the map's largest magnitude; null where it is no number. */
  readonly error?: number | null;
  /** Of a map that deviates: how far it is from the equation that its explanation states (reference/deviations.py). */
  readonly reproduced?: number;
  /** Why it is not supported, or the error. */
  readonly says?: string;
}

export interface Results {
  readonly date: string;
  /** Of the kit, by the tool's name, and of what the tools run on. */
  readonly versions: Readonly<Record<string, string>>;
  /** How each tool is called, by method. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly rows: readonly Row[];
}

/** Everything that is said of one tool, method and kind of case. */
export interface Cell {
  readonly tool: string;
  readonly method: string;
  readonly kind: string;
  readonly rows: readonly Row[];
}

/** @param kindOf the kind of a case by its name */
export function cellsOf(rows: readonly Row[], kindOf: ReadonlyMap<string, string>): Cell[] {
  const cells = new Map<string, Cell & { rows: Row[] }>();
  for (const row of rows) {
    const { tool, method, case: name } = row;
    const kind = kindOf.get(name) ?? name;
    const key = [tool, method, kind].join(" ");
    const cell = cells.get(key) ?? { tool, method, kind, rows: [] };
    cell.rows.push(row);
    cells.set(key, cell);
  }
  return [...cells.values()];
}

export function isRight({ rows }: Cell): boolean {
  return rows.every(({ status }) => status === "right");
}

/** One sentence for all deviations of a tool in these methods and kinds of cases. */
export interface Explanation {
  readonly tool: string;
  readonly methods: readonly string[];
  readonly kinds: readonly string[];
  readonly says: string;
}

const explains = ({ tool, methods, kinds }: Explanation, cell: Cell) =>
  tool === cell.tool && methods.includes(cell.method) && kinds.includes(cell.kind);

export function explanationsOf(cell: Cell, explanations: readonly Explanation[]): Explanation[] {
  return explanations.filter((explanation) => explains(explanation, cell));
}

/**
 * Deviations without an explanation, methods or kinds of an explanation without a deviation, and maps that the explanation's equation
 * does not give; none if all is well.
 */
export function unexplained(cells: readonly Cell[], explanations: readonly Explanation[]): string[] {
  const wrong = cells.filter((cell) => !isRight(cell));
  const open = wrong
    .filter((cell) => explanationsOf(cell, explanations).length === 0)
    .map(({ tool, method, kind }) => `${tool}: ${method} of ${kind} has no explanation`);
  const idle = explanations.flatMap((explanation) => {
    const own = wrong.filter((cell) => explains(explanation, cell));
    const unused = [
      ...explanation.methods.filter((method) => !own.some((cell) => cell.method === method)),
      ...explanation.kinds.filter((kind) => !own.some((cell) => cell.kind === kind)),
    ];
    return unused.map((what) => `${explanation.tool}: "${explanation.says}" explains ${what}, which does not deviate`);
  });
  const other = wrong.flatMap(({ rows }) =>
    rows
      .filter(({ status, reproduced = 1 }) => status === "deviates" && !(reproduced <= bar))
      .map((row) => `${row.tool}: ${row.method} of ${row.case} is not what its explanation says`),
  );
  return [...open, ...idle, ...other];
}
