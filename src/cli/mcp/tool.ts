/** @file What a tool is: its description for clients, and the command that does its work. */

import type { Roots } from "./roots.js";

/** What clients may give. The schema of a tool says which of these it takes, and which it needs. */
export interface ToolArguments {
  readonly model?: string;
  readonly image?: string;
  readonly data?: string;
  readonly classes?: readonly string[];
  readonly method?: string;
  readonly layer?: string;
  readonly signed?: boolean;
  readonly split?: string;
  readonly out?: string;
}

type PropertySchema =
  | { readonly type: "string"; readonly description: string; readonly enum?: readonly string[] }
  | { readonly type: "boolean"; readonly description: string }
  | {
      readonly type: "array";
      readonly items: { readonly type: "string" };
      readonly maxItems: number;
      readonly description: string;
    };

/** Finds what arguments name. */
export interface Places {
  readonly roots: Roots;
  /** A model of the server, or a file in its folders; without a name the server's first. */
  model(name: string | undefined): string;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly properties: { readonly [name in keyof ToolArguments]?: PropertySchema };
  readonly required?: readonly (keyof ToolArguments)[];
  /** Whether it writes a file where it is told to. Default false. */
  readonly writes?: boolean;
  /** `picture`: standard output is a PNG, and the words are beside it. */
  readonly answers: "text" | "picture";
  /** Whether it opens a model, so that the options of models count. Default true. */
  readonly opens?: boolean;
  /**
   * The command line behind the program; what clients say stands behind `=` or `--`.
   * @throws FoveaError for paths elsewhere
   */
  command(given: ToolArguments, places: Places): Promise<readonly string[]> | readonly string[];
}

export const modelProperty = {
  type: "string",
  description:
    "Path of an ONNX, Keras or TensorFlow.js file. Default: the first model that the server was started with.",
} as const;

export const dataProperty = {
  type: "string",
  description: "Path of a folder of images with a sub-folder for each class.",
} as const;

export const splitProperty = {
  type: "string",
  enum: ["train", "validation", "test", "all"],
  description: "Which images. Default: test, or all where there are no splits.",
} as const;

/** An option with a value that a client gave; nothing without one. */
export function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}
