/** @file The paths of `fovea explain`'s results, so that no two inputs share a file. */

import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, parse, relative, resolve, sep } from "node:path";
import type { FoundInput, FoundInputs } from "../../data/find-inputs.js";
import { isStream } from "../../files/write/destination.js";
import { FoveaError } from "../../foundation/error.js";
import { list } from "../../foundation/words.js";
import type { ImageFormat } from "../../image/picture/image-file.js";
import { imageFormats } from "../../image/picture/image-file.js";
import { standardOutput } from "../terminal/standard-output.js";

/** `figure`: picture, heat map and both together; `overlay` and `heatmap`: each alone; `raw`: the maps as an array. */
export type ResultKind = "figure" | "overlay" | "heatmap" | "raw";

/** Figures can stay drawings. */
export type ResultFormat = ImageFormat | "svg";

export interface OutputOptions {
  /** A file for one input, a folder for several, `-` for standard output. */
  readonly out?: string | undefined;
  readonly format?: string | undefined;
  readonly kinds: readonly ResultKind[];
  /** The classes as the user named them. */
  readonly classes: readonly string[];
}

export interface OutputPaths {
  readonly format: ResultFormat;
  /** The user has named the file, not only a folder. */
  readonly isNamed: boolean;
  /**
   * @param label the class's name for the user, for a result of one class
   * @param index which of the pictures of an input that holds several
   */
  path(input: FoundInput, kind: ResultKind, label?: string, index?: number): string;
  /** The JSON beside the array of an input; undefined where results go into a stream. */
  rawJson(input: FoundInput): string | undefined;
  /** Every result of a picture is there already; never so for arrays, which may hold any number of images. */
  done(input: FoundInput): boolean;
}

/** Where the results of folders go unless --out says otherwise. */
export const defaultFolder = "fovea-maps";

/**
 * One named file's results lie beside it, or at `out`. Those of several lie beside them, or mirror their places
 * below their common folder in `out`; those of folders do so in any case. Names end in `.fovea.` and an extension.
 * @throws FoveaError `bad-input` for a format that there is not, or a result that would overwrite its input
 */
export function planOutputs({ inputs, many }: FoundInputs, options: OutputOptions): OutputPaths {
  const { out, kinds, classes } = options;
  if (out === standardOutput || (out !== undefined && isStream(out))) return planStream(out, many, options);
  if (many && out !== undefined) refuseFile(out);
  const exact = !many && out !== undefined && !isFolder(out) ? out : undefined;
  const format = formatFrom(exact, options);
  const stems = exact === undefined ? stemsOf(inputs, out) : new Map();
  if (exact !== undefined && inputs.some(({ path }) => resolve(path) === resolve(exact)))
    throw new FoveaError("bad-input", `--out ${exact}: expected another file than the input`);

  function path(input: FoundInput, kind: ResultKind, label?: string, index?: number): string {
    const alone = exact !== undefined && kinds.length === 1;
    const hasKind = kind === "overlay" || kind === "heatmap";
    const parts = [
      ...(index === undefined ? [] : [String(index)]),
      ...(hasKind && !alone ? [kind] : []),
      ...(hasKind && label !== undefined && classes.length > 1 ? [slug(label)] : []),
    ];
    if (exact !== undefined && alone && parts.length === 0) return exact;
    const stem = exact === undefined ? stems.get(input) : exact.slice(0, exact.length - extname(exact).length);
    return [stem, ...parts, kind === "raw" ? "npy" : format].join(".");
  }

  const all = (input: FoundInput) =>
    kinds.flatMap((kind) =>
      kind === "figure" || kind === "raw" ? [path(input, kind)] : classes.map((label) => path(input, kind, label)),
    );
  return {
    format,
    isNamed: exact !== undefined,
    path,
    rawJson: (input) => {
      const raw = path(input, "raw");
      return `${raw.slice(0, raw.length - extname(raw).length)}.json`;
    },
    done: (input) => input.error === undefined && !/\.npy$/i.test(input.path) && all(input).every(existsSync),
  };
}

/** One result and no other goes to standard output, a device or a pipe. */
function planStream(out: string, many: boolean, options: OutputOptions): OutputPaths {
  const { kinds, classes } = options;
  const place = out === standardOutput ? "standard output" : "a device or a pipe";
  const refuse = (got: string) =>
    new FoveaError("bad-input", `--out ${out}: expected one result for ${place}, got ${got}: give --out a folder`);
  const ofEach = kinds.includes("overlay") || kinds.includes("heatmap");
  if (many && kinds.length > 0) throw refuse("several inputs");
  if (kinds.length > 1) throw refuse(list(kinds));
  if (ofEach && classes.length > 1) throw refuse(`one for each of ${classes.length} classes`);
  function path(_: FoundInput, kind: ResultKind, __?: string, index?: number): string {
    if (index !== undefined && kind !== "raw") throw refuse("several pictures in one array");
    return out;
  }
  return { format: formatFrom(out, options), isNamed: true, path, rawJson: () => undefined, done: () => false };
}

/** A name for one file, where several results need a folder. */
function refuseFile(out: string): void {
  const { name, ext } = parse(out);
  const isResult = /^\.(png|jpe?g|webp|svg|npy|gif|tiff?|bmp|avif|pdf|json)$/i.test(ext);
  if (!isResult || isFolder(out)) return;
  const expected = "expected a folder, as there may be several inputs, got the name of one file";
  throw new FoveaError(
    "bad-input",
    `--out ${out}: ${expected}: --out ${join(out, "..", name)}/ --format ${ext.slice(1)}`,
  );
}

function formatFrom(exact: string | undefined, { format, kinds }: OutputOptions): ResultFormat {
  const extension = exact === undefined ? "" : extname(exact).slice(1).toLowerCase().replace("jpeg", "jpg");
  const imageKinds = kinds.filter((kind) => kind !== "raw");
  const name = (imageKinds.length > 0 && extension) || (format ?? "png");
  const formats: readonly ResultFormat[] = imageKinds.every((kind) => kind === "figure")
    ? [...imageFormats, "svg"]
    : imageFormats;
  const flag = name === extension ? `--out ${exact}` : `--format ${name}`;
  const fileFormat = formats.find((each) => each === name);
  if (fileFormat === undefined) {
    const expected = `${formats.slice(0, -1).join(", ")} or ${formats.at(-1)}`;
    throw new FoveaError("bad-input", `${flag}: expected ${expected} for ${imageKinds.join(" and ")}, got "${name}"`);
  }
  if (format !== undefined && format !== fileFormat)
    throw new FoveaError("bad-input", `--format ${format}: expected the format of --out, ${fileFormat}`);
  return fileFormat;
}

function isFolder(path: string): boolean {
  if (/[/\\]$/.test(path)) return true;
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The part of paths that all results of an input share. Inputs that would share one keep their extension. */
function stemsOf(inputs: readonly FoundInput[], out: string | undefined): Map<FoundInput, string> {
  const base = commonFolder(inputs.filter((input) => destination(input, out) !== undefined).map(rootOf));
  const folderOf = (input: FoundInput) => {
    const folder = destination(input, out);
    return folder === undefined ? dirname(input.path) : join(folder, relative(base, dirname(resolve(input.path))));
  };
  const short = (input: FoundInput) => join(folderOf(input), basename(input.path, endingOf(input.path)));
  const sharing = new Map<string, number>();
  // Where case does not tell files apart, results must not either.
  const key = (input: FoundInput) => resolve(short(input)).toLowerCase();
  for (const input of inputs) sharing.set(key(input), (sharing.get(key(input)) ?? 0) + 1);
  const stem = (input: FoundInput) =>
    sharing.get(key(input)) === 1 ? short(input) : join(folderOf(input), basename(input.path));
  return new Map(inputs.map((input) => [input, `${stem(input)}.fovea`]));
}

/** The extension, which of a packed NIfTI file has two parts. */
function endingOf(path: string): string {
  return /\.nii\.gz$/i.exec(path)?.[0] ?? extname(path);
}

/** The folder that mirrors an input's place; undefined for beside it. */
function destination({ folder }: FoundInput, out: string | undefined): string | undefined {
  return out ?? (folder === undefined ? undefined : defaultFolder);
}

function rootOf({ path, folder }: FoundInput): string {
  return resolve(folder ?? dirname(path));
}

/** The deepest folder that all paths lie in. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split(sep));
  const different = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return (different < 0 ? first : first.slice(0, different)).join(sep) || sep;
}

/** A class's name as a part of a file's. */
function slug(label: string): string {
  return label.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "");
}
