/** @file What kind of source a file is, by its name. */

export const isTar = (name: string) => /\.(tar|tar\.gz|tgz)$/i.test(name);
export const isParquet = (name: string) => /\.(parquet|pq)$/i.test(name);
/** Lists in texts; those in Parquet tables are told by their columns. */
export const isList = (name: string) => /\.(csv|tsv|json)$/i.test(name);
/** Files with many images in them. */
export const isArchive = (name: string) => isTar(name) || isParquet(name);

/** What `openSource` opens, for people. */
export const photosInWords =
  "a folder of photos, a list of them (.csv, .json, .parquet), or archives (.tar, .parquet), also at s3://, gs://, hf://datasets/ or https://";

/** What a detector is measured on, for people. */
export const scenesInWords =
  "scenes, which are drawn, COCO annotations (.json), or a folder with pictures and COCO or VOC annotations";
