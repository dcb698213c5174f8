/** @file Which columns of a Parquet table hold images, their labels and splits: by what Hugging Face's library notes in it, else by their names. */

import { parseJson } from "../../../foundation/parse-json.js";
import type { ParquetColumn, ParquetFile, ParquetRow } from "../../parquet/file.js";
import { parseSplit } from "../../photos/split-names.js";
import type { ImageLabels } from "../source.js";

export interface TableColumns {
  /** Undefined for a table that lists files. */
  readonly image: string | undefined;
  /** The column of files' paths; undefined for a table of images. */
  readonly path: string | undefined;
  readonly label: string | undefined;
  readonly split: string | undefined;
  /** Names of classes where labels are their numbers. */
  readonly classes: readonly string[] | undefined;
}

const spellings = {
  image: ["image", "img", "picture", "photo", "image_bytes", "bytes", "jpg", "jpeg", "png", "webp"],
  path: ["path", "file", "filename", "file_name", "image_path", "image"],
  label: ["label", "class", "category", "target", "cls", "class_name", "labels", "fine_label"],
  split: ["split", "set", "subset"],
} as const;

/** What is noted of a column: `Image`, `ClassLabel` with its names. */
interface Feature {
  readonly type: string;
  readonly names: readonly string[] | undefined;
}

export function tableColumns({ columns, metadata }: ParquetFile): TableColumns {
  const features = featuresOf(metadata.get("huggingface"));
  const noted = (type: string) => [...features].flatMap(([name, each]) => (each.type === type ? [name] : []));
  const all = [...columns.keys()];
  const named = (names: readonly string[], fits: (column: ParquetColumn) => boolean = () => true) =>
    names
      .flatMap((name) => all.find((each) => each.toLowerCase() === name) ?? [])
      .find((name) => {
        const column = columns.get(name);
        return column !== undefined && fits(column);
      });
  const image = noted("Image").find((name) => columns.has(name)) ?? named(spellings.image, holdsBytes);
  const labelled = noted("ClassLabel").filter((name) => columns.has(name));
  const label = labelled.find((name) => name === "label") ?? labelled[0] ?? named(spellings.label);
  return {
    image,
    path: image === undefined ? named(spellings.path, isText) : undefined,
    label,
    split: named(spellings.split),
    classes: label === undefined ? undefined : features.get(label)?.names,
  };
}

const isText = ({ element }: ParquetColumn) =>
  element.type === "BYTE_ARRAY" && (element.converted_type === "UTF8" || element.logical_type?.type === "STRING");

const holdsBytes = (column: ParquetColumn) =>
  column.fields.has("bytes") || (column.element.type === "BYTE_ARRAY" && !isText(column));

function featuresOf(text: string | undefined): Map<string, Feature> {
  const found = new Map<string, Feature>();
  if (text === undefined) return found;
  try {
    const { info }: Record<string, unknown> = Object(parseJson(text));
    const { features }: Record<string, unknown> = Object(info);
    for (const [name, value] of Object.entries(Object(features))) {
      const { _type, names }: Record<string, unknown> = Object(value);
      const areNames = Array.isArray(names) && names.every((each) => typeof each === "string");
      found.set(name, { type: String(_type), names: areNames ? names : undefined });
    }
  } catch {
    // Whatever it is, it notes nothing that is needed: names of columns decide.
  }
  return found;
}

/** What a row tells of its image. */
export function labelsOfRow(row: ParquetRow, { label, split, classes }: TableColumns): ImageLabels {
  const part = split === undefined ? undefined : row[split];
  const parsed = typeof part === "string" ? parseSplit(part) : undefined;
  const found = classOf(label === undefined ? undefined : row[label], classes);
  return { ...found, ...(parsed === undefined ? {} : { split: parsed }) };
}

function classOf(value: unknown, classes: readonly string[] | undefined): ImageLabels {
  const missing = (got: string): ImageLabels => ({ reason: `label: expected a class, got ${got}` });
  if (Array.isArray(value)) return value.length === 1 ? classOf(value[0], classes) : missing("several in a row");
  if (typeof value === "string" && value !== "") return { label: value };
  if (typeof value !== "number" && typeof value !== "bigint") return missing("none");
  // Rows of tests whose answers are kept secret are labelled -1.
  if (value < 0) return missing(String(value));
  if (classes === undefined) return { label: String(value) };
  const name = classes[Number(value)];
  return name === undefined ? missing(`${value}, of ${classes.length} classes`) : { label: name };
}

/** The bytes in a cell of images. */
export function bytesOfCell(cell: unknown): Uint8Array | undefined {
  if (cell instanceof Uint8Array) return cell;
  const { bytes }: Record<string, unknown> = Object(cell);
  return bytes instanceof Uint8Array ? bytes : undefined;
}
