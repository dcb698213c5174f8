/** @file Class names from notations with a grammar of their own: JSON, YAML, literals of Python and JavaScript, TensorFlow's label maps. */

import { readPythonLiteral } from "../settings/python-literal.js";
import { labelsInValue } from "./from-value.js";
import { type Labels, type NumberedLabel, placeLabels } from "./labels.js";

/** JSON: lists, tables, and settings that hold one. */
export function labelsInJson(text: string): Labels[] {
  try {
    return labelsInValue(JSON.parse(text));
  } catch {
    return [];
  }
}

/** YAML, as the `names` of Ultralytics' data.yaml. */
export async function labelsInYaml(text: string): Promise<Labels[]> {
  const { parse } = await import("yaml");
  try {
    return labelsInValue(parse(text, { logLevel: "silent" }));
  } catch {
    return [];
  }
}

/** Lists, tuples and dicts of Python and objects of JavaScript, also behind `names =` and with comments. */
export function labelsInLiteral(text: string): Labels[] {
  const assigned = /=\s*(?=[[{(])/.exec(text);
  const open = assigned ? assigned.index + assigned[0].length : text.search(/[[{(]/);
  const close = Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"), text.lastIndexOf(")"));
  const parts = text.slice(open, close + 1).split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/s);
  // Every other part is a text in quotes.
  const literal = parts.map((part, i) => (i % 2 === 0 ? withoutComments(part) : part)).join("");
  return labelsInValue(readPythonLiteral(literal));
}

/** What stands between texts in quotes, with quotes around JavaScript's bare keys. */
function withoutComments(part: string): string {
  return part.replaceAll(/(#|\/\/)[^\n]*/g, "").replaceAll(/([{,]\s*)([A-Za-z_]\w*)\s*:/g, '$1"$2":');
}

/** A label map of TensorFlow's object detection API (`.pbtxt`): items with `id`, `name` and `display_name`. */
export function labelsInLabelMap(text: string): Labels[] {
  const labels = [...text.matchAll(/\bitem\s*:?\s*\{([^}]*)\}/g)].map(([, fields = ""]): NumberedLabel | undefined => {
    const index = /\bid\s*:\s*(\d{1,9})/.exec(fields)?.[1];
    const [name, shown] = [quoted(fields, "name"), quoted(fields, "display_name")];
    const text = shown ?? name;
    if (index === undefined || text === undefined) return undefined;
    const id = /^n\d{8}$/.test(name ?? "") ? name : undefined;
    return { index: Number(index), name: text, id };
  });
  return labels.length > 0 && labels.every((label) => label !== undefined) ? placeLabels(labels) : [];
}

function quoted(fields: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,{;])${name}\\s*:\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'((?:[^'\\\\]|\\\\.)*)')`).exec(
    fields,
  );
  return (match?.[1] ?? match?.[2])?.replaceAll(/\\(.)/gs, "$1");
}
