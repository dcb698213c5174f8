/** @file Tables of plain texts, which reports and the studio draw each in its own way. */

export interface PlainTable {
  /** For those who do not see it. */
  readonly label: string;
  /** What its numbers are. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

export interface Row {
  readonly title: string;
  /** A word beside the title. */
  readonly mark?: string | undefined;
  /** One for each column but the first. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly text: string;
  /** A smaller line below, such as an interval. */
  readonly range?: string;
  /** 0 to 1: the length of a bar. */
  readonly bar?: number;
  readonly isStrong?: boolean;
}

/** A column of texts. */
export const named = (title: string): Column => ({ title });
/** A column of numbers. */
export const counting = (title: string): Column => ({ title, isNumber: true });
export const plain = (text: string): Cell => ({ text });
/** Where there is no number. */
export const none = plain("–");
