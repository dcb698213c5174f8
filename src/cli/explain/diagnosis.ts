/** @file Explains in words why a map cannot be read, and which option to try. */

import type { Diagnosis, diagnoseFully, Suggestion } from "../../explain/diagnose/diagnose-fully.js";
import type { Explanation } from "../../explain/explanation.js";
import { diagnosisOf, gridMapOf, type MapOptions } from "../../explain/maps.js";
import type { Explainer } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { type GridMap, rowsAndColumns } from "../../image/map/grid-map.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { ImageInput } from "../inputs/read-input.js";

export interface DiagnosedExplanation extends Explanation {
  /** Of the map of image i for its k-th explained class. */
  readonly diagnosis: (i: number, k: number) => Diagnosis;
}

interface DiagnosedOptions {
  readonly fully: boolean;
  /** The maps show what speaks against a class, too. Default false. */
  readonly signed?: boolean | undefined;
  readonly signal?: AbortSignal;
}

/** Whether a map has little to show because it leaves out what speaks against its class. */
function isAgainst({ condition }: Pick<Diagnosis, "condition">): boolean {
  return condition === "all-against" || condition === "mostly-against";
}

/**
 * @param fully look for causes and try remedies, which costs some runs for each map that cannot be read; where the
 *   scores are not finite the cause is always looked for
 * @throws FoveaError `bad-input` where the network's scores themselves are not finite: there is nothing to explain
 */
export async function diagnosed(
  explainer: Explainer,
  { path, input }: ImageInput,
  explanation: Explanation,
  { fully, signed = false, signal }: DiagnosedOptions,
): Promise<DiagnosedExplanation> {
  const rows: Diagnosis[][] = [];
  for (const [i, classes] of explanation.classes.entries()) {
    const row: Diagnosis[] = [];
    for (const k of classes.keys()) {
      const diagnosis = { ...diagnosisOf(explanation, i, k), suggestions: [] };
      if (signed && isAgainst(diagnosis)) {
        row.push({ ...diagnosis, condition: "fine", text: "" });
        continue;
      }
      const closer = fully || !Number.isFinite(diagnosis.facts.score);
      const looksFurther = closer && diagnosis.condition !== "fine";
      row.push(looksFurther ? await further(explainer, input, explanation, { i, k, signal }) : diagnosis);
    }
    const broken = row.find(({ facts }) => !Number.isFinite(facts.score));
    if (broken) throw new FoveaError("bad-input", `${path}: expected finite class scores, got none. ${broken.text}`);
    rows.push(row);
  }
  return { ...explanation, diagnosis: (i, k) => rows[i]?.[k] as Diagnosis };
}

/** `diagnoseFully`, which most maps do not need. */
async function further(...args: Parameters<typeof diagnoseFully>): Promise<Diagnosis> {
  return (await import("../../explain/diagnose/diagnose-fully.js")).diagnoseFully(...args);
}

/** The map of image i for its k-th class as it can be drawn: blank where it is not finite. */
export function drawableMap(
  explanation: DiagnosedExplanation,
  i: number,
  k: number,
  options: MapOptions = {},
): FloatMap {
  return rowsAndColumns(drawableGrid(explanation, i, k, options));
}

/** The same of any number of axes. */
export function drawableGrid(
  explanation: DiagnosedExplanation,
  i: number,
  k: number,
  options: MapOptions = {},
): GridMap {
  const { sizes, values } = gridMapOf(explanation, i, k, options);
  const isDrawable = explanation.diagnosis(i, k).condition !== "not-finite";
  return { sizes, values: isDrawable ? values.slice() : new Float32Array(values.length) };
}

/** Machine-readable: the findings, and each suggestion with the options that follow it. */
export function describedDiagnosis({ suggestions, ...found }: Diagnosis) {
  return { ...found, suggestions: suggestions.map((each) => ({ ...each, options: optionsFor(each) })) };
}

/** Why a map cannot be read and changes to try; nothing for a fine map. */
export function diagnosisLines(label: string, { text, suggestions }: Diagnosis): string[] {
  if (text === "") return [];
  const tries = suggestions.map(optionsFor).join(", or ");
  return [`map of ${label}: ${text}`, ...(tries === "" ? [] : [`  try ${tries}`])];
}

function optionsFor({ layer, method, against, class: other }: Suggestion): string {
  if (against === false) return "without --against";
  const options = [
    ...(layer === undefined ? [] : [`--layer ${quoted(layer)}`]),
    ...(method === undefined ? [] : [`--method ${method}`]),
    ...(against === undefined ? [] : ["--against"]),
    ...(other === undefined ? [] : [`--class ${other}`]),
  ];
  return options.join(" ");
}

/** As a shell takes it. */
function quoted(name: string): string {
  return /^[\w./:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
