/** @file The names of the datasets. */

/** The names that `loadDataset` takes. */
export const datasetNames = [
  "digits",
  "mnist",
  "fashion-mnist",
  "shapes",
  "two-shapes",
  "stamped-digits",
  "stamped-digits-balanced",
] as const;

export type DatasetName = (typeof datasetNames)[number];
