/** @file The model's card, in its metadata: classes, preprocessing, provenance, temperature. */

import { FoveaError, shortened, shownJson } from "../foundation/error.js";
import { parseJson } from "../foundation/parse-json.js";
import { brief } from "../foundation/visible.js";
import { isPreprocessing, type Preprocessing } from "../image/input/preprocessing.js";
import type { Graph } from "../onnx/graph.js";

/** Where a model comes from: plain facts by name (data, seed, epochs, accuracy, versions ...). */
export type Provenance = Readonly<Record<string, unknown>>;

/** A fact for people, whatever stands there: a text or number as it is, anything else as JSON, in at most 300 characters. */
export function factInWords(value: unknown): string {
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (value === undefined) return "unknown";
  return isPlain ? brief(String(value), longestFact) : shownJson(value, longestFact);
}

const longestFact = 300;

export interface ModelCard {
  readonly classes?: readonly string[];
  readonly preprocessing?: Preprocessing;
  readonly provenance?: Provenance;
  /** What scores are divided by before the softmax makes probabilities of them, above 0 (Guo et al., 2017). Default: they are not. */
  readonly temperature?: number;
}

const prefix = "fovea.";
const fields = ["classes", "preprocessing", "provenance", "temperature"] as const;

/** Writes the card into a graph's metadata, one JSON text per field. */
export function withModelCard(graph: Graph, card: ModelCard): Graph {
  const metadata = new Map(graph.metadata);
  for (const field of fields) if (card[field] !== undefined) metadata.set(prefix + field, JSON.stringify(card[field]));
  return { ...graph, metadata };
}

/**
 * Reads the card from a graph's metadata.
 * @throws FoveaError `bad-file` for a field of another type
 */
export function modelCard(graph: Graph): ModelCard {
  return {
    classes: field(graph, "classes", isNames),
    preprocessing: field(graph, "preprocessing", isPreprocessing),
    provenance: field(graph, "provenance", isFacts),
    temperature: field(graph, "temperature", isTemperature),
  };
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function isFacts(value: unknown): value is Provenance {
  return typeof value === "object" && value !== null;
}

function isTemperature(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function field<Type>(
  graph: Graph,
  name: (typeof fields)[number],
  isValid: (value: unknown) => value is Type,
): Type | undefined {
  const text = graph.metadata.get(prefix + name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    value = undefined;
  }
  if (isValid(value)) return value;
  throw new FoveaError(
    "bad-file",
    `metadata ${prefix}${name}: expected what Fovea writes there, got ${shortened(text)}`,
  );
}
