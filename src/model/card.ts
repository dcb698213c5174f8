/** @file What a model says of itself in its metadata: classes, preprocessing, provenance. */

import { FoveaError } from "../foundation/error.js";
import { isPreprocessing, type Preprocessing } from "../image/input/preprocessing.js";
import type { Graph } from "../onnx/graph.js";

/** Where a model comes from: plain facts by name (data, seed, epochs, accuracy, versions ...). */
export type Provenance = Readonly<Record<string, unknown>>;

export interface ModelCard {
  readonly classes?: readonly string[];
  readonly preprocessing?: Preprocessing;
  readonly provenance?: Provenance;
}

const prefix = "fovea.";
const fields = ["classes", "preprocessing", "provenance"] as const;

/** Writes the card into a graph's metadata, one JSON text per field. */
export function withModelCard(graph: Graph, card: ModelCard): Graph {
  const metadata = new Map(graph.metadata);
  for (const field of fields) if (card[field] !== undefined) metadata.set(prefix + field, JSON.stringify(card[field]));
  return { ...graph, metadata };
}

/** @throws FoveaError `bad-file` when a field is there but is not what it should be */
export function modelCard(graph: Graph): ModelCard {
  return {
    classes: field(
      graph,
      "classes",
      (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    ),
    preprocessing: field(graph, "preprocessing", isPreprocessing),
    provenance: field(graph, "provenance", (value) => typeof value === "object" && value !== null),
  } as ModelCard;
}

function field(graph: Graph, name: (typeof fields)[number], valid: (value: unknown) => boolean): unknown {
  const text = graph.metadata.get(prefix + name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (valid(value)) return value;
  throw new FoveaError(
    "bad-file",
    `metadata ${prefix}${name}: expected what Fovea writes there, got ${text.slice(0, 60)}`,
  );
}
