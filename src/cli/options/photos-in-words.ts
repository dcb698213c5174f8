/** @file What commands take as photos, for their help. */

/** A dataset of photos, wherever it lies (see `openSource`). */
export const photosInWords =
  "a folder of photos, a list of them (.csv, .json, .parquet), or archives (.tar, .parquet), also at s3://, gs://, hf://datasets/ or https://";
