/** @file Class names from notations with a grammar of their own: JSON, YAML, literals of Python and JavaScript, TensorFlow's label maps. */

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

/**
 * Lists, tuples and dicts as Python prints them, and JavaScript's objects, also behind `names =`. YAML reads what stands between
 * their braces, but for tuples and quotes behind a backslash.
 */
export function labelsInLiteral(text: string): Promise<Labels[]> {
  const assigned = /=\s*(?=[[{(])/.exec(text);
  const open = assigned ? assigned.index + assigned[0].length : text.search(/[[{(]/);
  const close = Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"), text.lastIndexOf(")"));
  const literal = text.slice(open, close + 1).replaceAll(/(?:^|\s)\/\/[^\n]*/g, "");
  const parts = literal.split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/s).map((part, i) => {
    // Every other part is a text in quotes.
    if (i % 2 === 0) return part.replaceAll("(", "[").replaceAll(")", "]").replaceAll(":", ": ");
    return part.startsWith('"') ? part.replaceAll("\\'", "'") : singleQuoted(part.slice(1, -1));
  });
  return labelsInYaml(parts.join(""));
}

/** The text of Python's single quotes in YAML's, where only the quote itself is escaped, by doubling it. */
function singleQuoted(text: string): string {
  return `'${text.replaceAll(/\\(.)/gs, "$1").replaceAll("'", "''")}'`;
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
