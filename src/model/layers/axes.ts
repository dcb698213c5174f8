/** @file Of what the axes of values are made: the picture's rows and columns, and how reshapes split and join them. */

/**
 * A part of an axis. A batch, rows or columns of the picture's grid, a grid between other tokens, something else (channels,
 * heads), or nobody knows.
 */
export interface Factor {
  readonly of: "batch" | "row" | "column" | "tokens" | "other" | "lost";
  /** NaN where it is known at run time only. */
  readonly size: number;
  /** Of rows and columns: places of the grid from one element to the next, the first one's place, and how many there are. */
  readonly step: number;
  readonly start: number;
  readonly total: number;
  /** Of tokens: what stands before the grid, and the grid. */
  readonly before: number;
  readonly grid: Axis;
}

/** The outer part first; without parts the axis has one element. */
export type Axis = readonly Factor[];

const plain = { step: 1, start: 0, total: 0, before: 0, grid: [] };

/** An axis of one part. */
export function axisOf(of: Factor["of"], size: number): Axis {
  return size === 1 ? [] : [{ ...plain, of, size, total: size }];
}

export function sizeOf(axis: Axis): number {
  return axis.reduce((product, { size }) => product * size, 1);
}

export function isPlace({ of }: Factor): boolean {
  return of === "row" || of === "column" || of === "tokens";
}

/** Whether it tells all rows (or columns) from each other, in order; each may stand for several neighbours. */
export function isWhole(axis: Axis, of: "row" | "column"): boolean {
  return axis.length === 0 || (axis.length === 1 && axis[0]?.of === of && covers(axis[0]));
}

function covers({ size, step, start, total }: Factor): boolean {
  return start === 0 && (Object.is(size, total) || size * step === total);
}

/** Rows and columns of a grid in reading order, with what stands before them; undefined for another axis. */
export function gridIn(axis: Axis): { height: number; width: number; before: number } | undefined {
  const [only] = axis;
  if (axis.length === 1 && only?.of === "tokens") {
    const inner = gridIn(only.grid);
    return inner && { ...inner, before: only.before };
  }
  const rows = axis.filter(({ of }) => of === "row");
  const columns = axis.filter(({ of }) => of === "column");
  const places = rows.length + columns.length;
  const ordered = axis.length === places && (rows.length === 0 || axis[0] === rows[0]);
  if (places === 0 || !ordered || !isWhole(rows, "row") || !isWhole(columns, "column")) return undefined;
  return { height: sizeOf(rows), width: sizeOf(columns), before: 0 };
}

/** Tokens of a grid in reading order among others; undefined where so many do not fit. */
export function gridAxis(height: number, width: number, before: number, count: number): Axis | undefined {
  const grid = [...axisOf("row", height), ...axisOf("column", width)];
  if (before < 0 || before + height * width > count) return undefined;
  if (count === height * width) return grid;
  return [{ ...plain, of: "tokens", size: count, total: count, before, grid }];
}

/** The same elements in axes of other sizes, one of which may be unknown; undefined where that cannot be followed. */
export function regrouped(axes: readonly Axis[], sizes: readonly number[]): Axis[] | undefined {
  const rest = joined(axes.flat()).slice();
  const total = sizeOf(rest);
  const known = sizes.reduce((product, size) => (Number.isNaN(size) ? product : product * size), 1);
  if (sizes.filter(Number.isNaN).length > 1 || !Number.isInteger(total / known)) return undefined;
  const result: Axis[] = [];
  for (const size of sizes) {
    const axis: Factor[] = [];
    let left = Number.isNaN(size) ? total / known : size;
    while (left > 1) {
      const [first] = rest;
      if (first === undefined) return undefined;
      if (left % first.size === 0) {
        axis.push(first);
        rest.shift();
        left /= first.size;
        continue;
      }
      if (first.size % left !== 0 || first.of === "tokens") return undefined;
      const inner = first.size / left;
      axis.push({ ...first, size: left, step: first.step * inner });
      rest[0] = { ...first, size: inner };
      left = 1;
    }
    result.push(joined(axis));
  }
  return rest.length === 0 ? result : undefined;
}

/** Puts together neighbours that were split, and what has no order to keep. */
function joined(axis: Axis): Axis {
  const result: Factor[] = [];
  for (const factor of axis) {
    const last = result.at(-1);
    const same = last?.of === factor.of && last.total === factor.total && last.start === factor.start;
    if (last?.of === factor.of && ["batch", "other", "lost"].includes(factor.of)) {
      result[result.length - 1] = { ...last, size: last.size * factor.size };
    } else if (last && same && last.step === factor.step * factor.size) {
      result[result.length - 1] = { ...factor, size: last.size * factor.size };
    } else result.push(factor);
  }
  return result;
}

/** `count` elements from `first` on, every `every`-th. */
export function sliced(axis: Axis, first: number, count: number, every = 1): Axis {
  const [only] = axis;
  if (only === undefined || (count === sizeOf(axis) && every === 1)) return axis;
  if (axis.every(({ of }) => of === "other")) return axisOf("other", count);
  if (axis.length > 1 || !(first >= 0)) return axisOf("lost", count);
  if (only.of === "tokens") return every === 1 ? slicedTokens(only, first, count) : axisOf("lost", count);
  if (only.of !== "row" && only.of !== "column") return axisOf("lost", count);
  const step = only.step * every;
  const start = (Math.floor((only.start + first * only.step) / step) * step) % only.total;
  return [{ ...only, size: count, step, start }];
}

function slicedTokens(tokens: Factor, first: number, count: number): Axis {
  const { height, width } = gridIn(tokens.grid) as { height: number; width: number };
  const [from, to] = [tokens.before, tokens.before + height * width];
  if (first + count <= from || first >= to) return axisOf("other", count);
  if (first > from || first + count < to) return axisOf("lost", count);
  return gridAxis(height, width, from - first, count) as Axis;
}

/** One after the other; `sizes` counts those too of which nothing is known. */
export function chained(axes: readonly (Axis | undefined)[], sizes: readonly number[]): Axis {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const placed = axes.flatMap((axis, i) => (axis?.some((factor) => factor.of !== "other") ? [i] : []));
  if (placed.length === 0) return axisOf("other", total);
  const at = placed[0] as number;
  const axis = axes[at] as Axis;
  const grid = gridIn(axis);
  if (placed.length === 1 && grid) {
    if (sizes.length === 1) return axis;
    const offset = sizes.slice(0, at).reduce((sum, size) => sum + size, 0);
    return gridAxis(grid.height, grid.width, offset + grid.before, total) as Axis;
  }
  return placed.length === axes.length ? (rolled(axes as Axis[]) ?? axisOf("lost", total)) : axisOf("lost", total);
}

/** Parts of one row or column axis that follow each other, also around the end. */
function rolled(axes: readonly Axis[]): Axis | undefined {
  const parts = axes.flatMap((axis) => (axis.length === 1 ? [...axis] : []));
  const [first] = parts;
  if (first === undefined || parts.length < axes.length || !(first.of === "row" || first.of === "column"))
    return undefined;
  let [next, size] = [first.start, 0];
  for (const part of parts) {
    const follows =
      part.of === first.of && part.step === first.step && part.total === first.total && part.start === next;
    if (!follows) return undefined;
    next = (part.start + part.size * part.step) % part.total;
    size += part.size;
  }
  return [{ ...first, size }];
}
