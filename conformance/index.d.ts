/** @file The types of the kit. */

export interface Method {
  /** `map`: drawn as max(0, values); `unitless`: such a map, but for a positive factor; `signless`: up to its sign; `pixels`: of the input's shape; `windows`: a value for each square. */
  readonly kind: "map" | "unitless" | "signless" | "pixels" | "windows";
  readonly title: string;
  readonly equation: string;
  readonly paper: string;
}

export interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly about: string;
  /** The class of each image. */
  readonly classes: readonly number[];
  /** How the layer's value lies. */
  readonly layout: "NCHW" | "NHWC" | "NTC";
  /** Of tokens: rows, columns, and tokens before the grid. */
  readonly grid: readonly [rows: number, columns: number, skip: number] | null;
  /** What stands behind the scores. */
  readonly end: "softmax" | "sigmoid" | null;
  readonly onnx: Readonly<Record<"file" | "exporter" | "input" | "layer" | "scores", string>>;
  readonly torch: {
    readonly network: string;
    readonly layer: string;
    readonly call: number;
    readonly head: string | null;
  };
  readonly keras?: { readonly file: string; readonly layer: string };
  readonly methods: readonly string[];
}

export interface Manifest {
  readonly version: string;
  readonly made: Readonly<Record<string, string>>;
  readonly kinds: Readonly<Record<string, string>>;
  readonly methods: Readonly<Record<string, Method>>;
  readonly cases: readonly Entry[];
}

export interface FloatArray {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export const manifest: Manifest;
export function pathOf(entry: Pick<Entry, "name">, file: string): string;
export function readArray(path: string): FloatArray;
export function inputOf(entry: Pick<Entry, "name">): FloatArray;
export function valuesOf(entry: Pick<Entry, "name">, method: string): FloatArray;
export function difference(
  found: ArrayLike<number>,
  exact: FloatArray,
  method: string,
  options?: { readonly afterRelu?: boolean },
): number;
