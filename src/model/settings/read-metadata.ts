/** @file What other tools than Fovea write into the metadata of ONNX files: a table of readers. */

import type { Graph } from "../../onnx/graph.js";
import { joinSidecars } from "./join-sidecars.js";
import { customVision } from "./metadata/custom-vision.js";
import { imageMetadata } from "./metadata/image-metadata.js";
import { namesInMetadata } from "./metadata/names.js";
import type { MetadataReader } from "./metadata/reader.js";
import { ultralytics } from "./metadata/ultralytics.js";
import type { Sidecar } from "./sidecar.js";

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
