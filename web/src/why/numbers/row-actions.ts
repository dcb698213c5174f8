/** @file What a row of the table reads and does. */

/** What is pointed at, and the changes that a row makes. */
export interface RowActions {
  cell: number | undefined;
  channel: number | undefined;
  readonly decimals: { readonly part: number; readonly weight: number };
  /** The channel off, or on again. */
  toggle(channel: number): void;
  /** Another weight, while it is dragged. */
  drag(channel: number, weight: number): void;
  /** The weight that stays; undefined is the channel's own. */
  drop(channel: number, weight: number | undefined): void;
}
