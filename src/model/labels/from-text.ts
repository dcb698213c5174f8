/** @file Class names from notations with a grammar of their own: JSON, YAML, literals of Python and JavaScript, TensorFlow's label maps. */

import { parseJson } from "../../foundation/parse-json.js";
import { endOfQuoted, readPythonLiteral } from "../settings/python-literal.js";
import { labelsInValue } from "./from-value.js";
import { type Labels, type NumberedLabel, placeLabels } from "./labels.js";

/** JSON: lists, tables, and settings that hold one. */
export function labelsInJson(text: string): Labels[] {
  try {
    return labelsInValue(parseJson(text));
  } catch {
    return [];
  }
}

/** Characters of YAML that are parsed: twice the names of ImageNet's 22,000 classes. */
const longestYaml = 2 ** 20;
const deepestYaml = 32;

/** YAML, as the `names` of Ultralytics' data.yaml; of texts of more than 1 MiB, or nested more than 32 deep, none. */
export async function labelsInYaml(text: string): Promise<Labels[]> {
  if (text.length > longestYaml || isDeepYaml(text)) return [];
  const { isScalar, parseDocument, visit } = await import("yaml");
  try {
    // Its own check for equal keys takes the square of their number, and so does showing where errors are.
    const document = parseDocument(text, { logLevel: "silent", uniqueKeys: false, prettyErrors: false });
    let isDoubled = false;
    visit(document, {
      Map: (_, { items }) => {
        const keys = new Set(items.map(({ key }) => (isScalar(key) ? key.value : key)));
        if (keys.size < items.length) isDoubled = true;
      },
    });
    return document.errors.length > 0 || isDoubled ? [] : labelsInValue(document.toJS());
  } catch {
    return [];
  }
}

/** Whether a YAML text may be nested deeper than its parser bears: what is too deep for that ends the whole process. */
function isDeepYaml(text: string): boolean {
  let [brackets, signs] = [0, 0];
  for (const [token] of text.matchAll(/[[\]{}]|[^\s[\]{}]+|\n/g)) {
    if (token === "[" || token === "{") brackets++;
    else if (token === "]" || token === "}") brackets--;
    // Marks of lists, keys, anchors and tags that stand behind each other.
    signs = /^[-?:&!*]/.test(token) ? signs + 1 : 0;
    if (brackets > deepestYaml || signs > deepestYaml) return true;
  }
  return wideMargin.test(text);
}

const wideMargin = new RegExp(`^[ \\t]{${8 * deepestYaml}}`, "m");

/** Lists, tuples and dicts of Python and objects of JavaScript, also behind `names =` and with comments. */
export function labelsInLiteral(text: string): Labels[] {
  const assigned = /=\s*(?=[[{(])/.exec(text);
  const open = assigned ? assigned.index + assigned[0].length : text.search(/[[{(]/);
  const close = Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"), text.lastIndexOf(")"));
  const parts = partsOf(text.slice(open, close + 1));
  const literal = parts.map(({ part, isQuoted }) => (isQuoted ? part : withoutComments(part))).join("");
  return labelsInValue(readPythonLiteral(literal));
}

/** Texts in quotes, and what stands between them. A quote that is never closed is an ordinary letter. */
function partsOf(text: string): { readonly part: string; readonly isQuoted: boolean }[] {
  const parts: { part: string; isQuoted: boolean }[] = [];
  const unclosed = new Set<string>();
  let from = 0;
  const quotes = /["']/g;
  for (let match = quotes.exec(text); match; match = quotes.exec(text)) {
    const [quote] = match;
    const end = unclosed.has(quote) ? undefined : endOfQuoted(text, match.index);
    if (end === undefined) {
      unclosed.add(quote);
      continue;
    }
    parts.push({ part: text.slice(from, match.index), isQuoted: false });
    parts.push({ part: text.slice(match.index, end), isQuoted: true });
    quotes.lastIndex = end;
    from = end;
  }
  return [...parts, { part: text.slice(from), isQuoted: false }];
}

/** What stands between texts in quotes, with quotes around JavaScript's bare keys. */
function withoutComments(part: string): string {
  return part.replaceAll(/(#|\/\/)[^\n]*/g, "").replaceAll(/([{,]\s*)([A-Za-z_]\w*)\s*:/g, '$1"$2":');
}

/** A label map of TensorFlow's object detection API (`.pbtxt`): items with `id`, `name` and `display_name`. */
export function labelsInLabelMap(text: string): Labels[] {
  const labels = itemsIn(text).map((fields): NumberedLabel | undefined => {
    const index = /\bid\s*:\s*(\d{1,9})/.exec(fields)?.[1];
    const [name, shown] = [quoted(fields, "name"), quoted(fields, "display_name")];
    const text = shown ?? name;
    if (index === undefined || text === undefined) return undefined;
    const id = /^n\d{8}$/.test(name ?? "") ? name : undefined;
    return { index: Number(index), name: text, id };
  });
  return labels.length > 0 && labels.every((label) => label !== undefined) ? placeLabels(labels) : [];
}

/** What stands in the braces of each `item { ... }`, up to the first that closes. */
function itemsIn(text: string): string[] {
  const items: string[] = [];
  const open = /\bitem\s*(?::\s*)?\{/g;
  for (let match = open.exec(text); match; match = open.exec(text)) {
    const close = text.indexOf("}", open.lastIndex);
    if (close < 0) break;
    items.push(text.slice(open.lastIndex, close));
    open.lastIndex = close + 1;
  }
  return items;
}

function quoted(fields: string, name: string): string | undefined {
  const start = new RegExp(`(?:^|[\\s,{;])${name}\\s*:\\s*(?=["'])`).exec(fields);
  if (start === null) return undefined;
  const open = start.index + start[0].length;
  const end = endOfQuoted(fields, open);
  return end === undefined ? undefined : fields.slice(open + 1, end - 1).replaceAll(/\\(.)/gs, "$1");
}
