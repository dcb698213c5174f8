/** @file Where the tiles of a long grid lie, which of them are in sight, and where keys lead. */

export interface GridShape {
  readonly count: number;
  readonly columns: number;
  /** From one row to the next, in pixels. */
  readonly pitch: number;
}

/** @param width of the grid, in pixels @param tile least width of a tile @param text height below its picture */
export function gridShape(count: number, width: number, tile: number, text: number): GridShape {
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const side = (width - gap * (columns - 1)) / columns;
  return { count, columns, pitch: Math.max(1, side) + text + gap };
}

/** Between tiles, in pixels. */
export const gap = 8;
/** Rows that are there above and below what is in sight: more cost time while images arrive. */
const spare = 1;

/** Indices of the tiles in sight, and the current one. @param top of the window, from the grid's own top @param height of it */
export function inSight({ count, columns, pitch }: GridShape, top: number, height: number, current: number): number[] {
  const first = Math.max(0, Math.floor(top / pitch) - spare) * columns;
  const end = Math.min(count, (Math.floor((top + height) / pitch) + spare + 1) * columns);
  const indices = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
  if (current < 0 || current >= count || (current >= first && current < end)) return indices;
  // What has the focus must not go.
  return current < first ? [current, ...indices] : [...indices, current];
}

/** The tile that a key leads to; undefined for other keys. @param page rows in the window */
export function stepTo(key: string, at: number, { count, columns }: GridShape, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    PageDown: at + columns * Math.max(1, page),
    PageUp: at - columns * Math.max(1, page),
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  if (to === undefined) return undefined;
  const stays = (key === "ArrowDown" || key === "ArrowUp") && (to < 0 || to >= count);
  return stays ? at : Math.min(count - 1, Math.max(0, to));
}
