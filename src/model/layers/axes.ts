/** @file The parts of which the axes of values consist: slices, rows and columns of the input, and how reshapes split and join them. */

/** The axes of places, the outermost first. A signal has columns alone, a picture no slices; the slices of a clip are its frames. */
export const lines = ["slice", "row", "column"] as const;
export type Line = (typeof lines)[number];

/** A part of an axis. */
export interface Factor {
  /** The batch, slices, rows or columns of the input, a grid among other tokens, something else (channels, heads), or unknown. */
  readonly of: "batch" | Line | "tokens" | "other" | "lost";
  /** NaN where only a run can tell it. */
  readonly size: number;
  /** Of lines: distance between elements in places of the grid, place of the first one, and number of places. */
  readonly step: number;
  readonly start: number;
  readonly total: number;
  /** Of lines: the places [from, to) that are no padding. */
  readonly from: number;
  readonly to: number;
  /** Of tokens: number of tokens before the grid, and the grid. */
  readonly before: number;
  readonly grid: Axis;
}

/** The outer part first; without parts the axis has one element. */
export type Axis = readonly Factor[];

/** A grid in reading order, and the number of tokens before it. */
export interface Grid {
  /** Slices, rows and columns; 1 of those that there are not. */
  readonly sizes: readonly number[];
  readonly before: number;
}

const plain = { step: 1, start: 0, total: 0, from: 0, to: 0, before: 0, grid: [] };

/** An axis of one part. */
export function axisOf(of: Factor["of"], size: number): Axis {
  return size === 1 ? [] : [{ ...plain, of, size, total: size, to: size }];
}

export function sizeOf(axis: Axis): number {
  return sizeProduct(axis.map(({ size }) => size));
}

export function sizeProduct(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

export function isPlace({ of }: Factor): boolean {
  return isLine(of) || of === "tokens";
}

export function isLine(of: Factor["of"]): of is Line {
  return lines.some((line) => line === of);
}

/** Whether an axis holds all slices (rows, columns), in order; an element may stand for several neighbours, or for padding. */
export function isWhole(axis: Axis, of: Line): boolean {
  return axis.length === 0 || (axis.length === 1 && axis[0]?.of === of && covers(axis[0]));
}

/** `isWhole`, without padding. */
export function isExact(axis: Axis, of: Line): boolean {
  return isWhole(axis, of) && axis.every(({ size, step, from, to }) => from === 0 && !((size - 1) * step >= to));
}

function covers({ size, step, start, total, from, to }: Factor): boolean {
  return start <= from && (Object.is(size, total) || start + size * step >= to);
}

/** A whole axis of slices, rows or columns with this many places of padding before and after it; undefined for another axis. */
export function padAxis(axis: Axis, before: number, after: number): Axis | undefined {
  const [only] = axis;
  const isPlain = only !== undefined && isLine(only.of) && isExact(axis, only.of);
  if (!isPlain || before < 0 || after < 0) return undefined;
  const size = only.size + before + after;
  return [{ ...only, step: 1, start: 0, size, total: size, from: before, to: before + only.size }];
}

/** Sizes of a grid in reading order, and the number of tokens before it; undefined for an axis without one. */
export function gridIn(axis: Axis): Grid | undefined {
  const [only] = axis;
  if (axis.length === 1 && only?.of === "tokens") {
    const inner = gridIn(only.grid);
    return inner && { ...inner, before: only.before };
  }
  const parts = lines.map((line) => axis.filter(({ of }) => of === line));
  const inOrder = parts.flat();
  const ordered = inOrder.length === axis.length && inOrder.every((factor, i) => factor === axis[i]);
  if (axis.length === 0 || !ordered || !lines.every((line, i) => isExact(parts[i] ?? [], line))) return undefined;
  return { sizes: parts.map(sizeOf), before: 0 };
}

/** An axis of tokens that holds a grid in reading order; undefined where the grid does not fit in `count`. @param sizes of the innermost lines */
export function gridAxis(sizes: readonly number[], before: number, count: number): Axis | undefined {
  const grid = lines.slice(-sizes.length).flatMap((line, i) => axisOf(line, sizes[i] ?? Number.NaN));
  if (before < 0 || before + sizeProduct(sizes) > count) return undefined;
  if (count === sizeProduct(sizes)) return grid;
  return [{ ...plain, of: "tokens", size: count, total: count, before, grid }];
}

/** Splits and joins axes as a reshape to these sizes does, one of which may be NaN; undefined where parts would break. */
export function regroupAxes(axes: readonly Axis[], sizes: readonly number[]): Axis[] | undefined {
  const rest = [...joinNeighbours(axes.flat())];
  const total = sizeOf(rest);
  const open = total / sizeProduct(sizes.filter((size) => !Number.isNaN(size)));
  if (sizes.filter(Number.isNaN).length > 1 || !Number.isInteger(open)) return undefined;
  const result: Axis[] = [];
  for (const size of sizes) {
    const axis: Factor[] = [];
    let left = Number.isNaN(size) ? open : size;
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
    result.push(joinNeighbours(axis));
  }
  return rest.length === 0 ? result : undefined;
}

/** Joins neighbours that a reshape has split, and neighbours without an order to keep. */
function joinNeighbours(axis: Axis): Axis {
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

/** `count` elements of an axis from `first` on, every `every`-th. */
export function sliceAxis(axis: Axis, first: number, count: number, every = 1): Axis {
  const [only] = axis;
  if (only === undefined || (count === sizeOf(axis) && every === 1)) return axis;
  if (axis.every(({ of }) => of === "other")) return axisOf("other", count);
  if (axis.length > 1 || !(first >= 0)) return axisOf("lost", count);
  if (only.of === "tokens") return every === 1 ? sliceTokens(only, first, count) : axisOf("lost", count);
  if (!isLine(only.of)) return axisOf("lost", count);
  const step = only.step * every;
  const start = (Math.floor((only.start + first * only.step) / step) * step) % only.total;
  return [{ ...only, size: count, step, start }];
}

function sliceTokens(tokens: Factor, first: number, count: number): Axis {
  const grid = gridIn(tokens.grid);
  if (grid === undefined) return axisOf("lost", count);
  const [from, to] = [tokens.before, tokens.before + sizeProduct(grid.sizes)];
  if (first + count <= from || first >= to) return axisOf("other", count);
  if (first > from || first + count < to) return axisOf("lost", count);
  return gridAxis(grid.sizes, from - first, count) ?? axisOf("lost", count);
}

/**
 * Axes one after the other, as one axis.
 * @param sizes of all of them, also of those whose parts are unknown
 */
export function chainAxes(axes: readonly (Axis | undefined)[], sizes: readonly number[]): Axis {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const meaningful = axes.flatMap((axis, i) => (axis?.some(({ of }) => of !== "other") ? [{ axis, i }] : []));
  const [first, ...others] = meaningful;
  if (first === undefined) return axisOf("other", total);
  const grid = gridIn(first.axis);
  if (others.length === 0 && grid) {
    if (sizes.length === 1) return first.axis;
    const offset = sizes.slice(0, first.i).reduce((sum, size) => sum + size, 0);
    return gridAxis(grid.sizes, offset + grid.before, total) ?? axisOf("lost", total);
  }
  const rolled = meaningful.length === axes.length ? chainRolled(meaningful.map(({ axis }) => axis)) : undefined;
  return rolled ?? axisOf("lost", total);
}

/** Parts of one axis of slices, rows or columns that follow each other, also around the end, as one axis. */
function chainRolled(axes: readonly Axis[]): Axis | undefined {
  const parts = axes.flatMap((axis) => (axis.length === 1 ? [...axis] : []));
  const [first] = parts;
  if (first === undefined || parts.length < axes.length || !isLine(first.of)) return undefined;
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
