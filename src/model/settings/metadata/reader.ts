/** @file What reads the metadata that one tool writes into ONNX files. */

import type { Sidecar } from "../sidecar.js";

/** A text of the metadata by its key, whose case does not matter. */
export type Metadata = (key: string) => string | undefined;

export interface MetadataReader {
  /** For people, behind "from". */
  readonly origin: string;
  /** What the metadata say; those of another tool say nothing. */
  readonly read: (metadata: Metadata) => Omit<Sidecar, "origin">;
}
