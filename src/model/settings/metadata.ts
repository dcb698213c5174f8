/** @file What other tools than Fovea write into the metadata of ONNX files: a table of readers. */

import type { Graph } from "../../onnx/graph.js";
import { customVision } from "./custom-vision.js";
import { imageMetadata } from "./image-metadata.js";
import { namesInMetadata } from "./names.js";
import { joinSidecars, type Sidecar } from "./sidecar.js";
import { ultralytics } from "./ultralytics.js";

/** A text of the metadata by its key, whose case does not matter. */
export type Metadata = (key: string) => string | undefined;

export interface MetadataReader {
  /** For people, behind "from". */
  readonly origin: string;
  /** What the metadata say; those of another tool say nothing. */
  readonly read: (metadata: Metadata) => Omit<Sidecar, "origin">;
}

/** The surest first. */
export const metadataReaders: readonly MetadataReader[] = [ultralytics, customVision, imageMetadata, namesInMetadata];

/** The settings in a graph's metadata; undefined for a graph without any. */
export function readMetadata({ metadata }: Pick<Graph, "metadata">): Sidecar | undefined {
  const texts = new Map([...metadata].map(([key, text]) => [key.toLowerCase(), text]));
  const sidecars = metadataReaders.map(({ origin, read }) => ({
    origin: `from ${origin}`,
    ...read((key) => texts.get(key.toLowerCase())),
  }));
  return joinSidecars(sidecars.filter((each) => each.classes !== undefined || each.preprocessing !== undefined));
}
