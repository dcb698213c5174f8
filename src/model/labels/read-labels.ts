/** @file Reads files of class names in any usual form: a table of readers. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { decodeText } from "./decode-text.js";
import { labelsInLines } from "./from-lines.js";
import { labelsInTable } from "./from-table.js";
import { labelsInJson, labelsInLabelMap, labelsInLiteral, labelsInYaml } from "./from-text.js";
import type { Labels } from "./labels.js";

/** A form of files of labels. */
interface LabelReader {
  /** For people. */
  readonly form: string;
  /** Whether a text may be of that form. */
  readonly looksLike: RegExp;
  /** Whether such a text is of no other form, even where no names are found in it. */
  readonly only?: boolean;
  /** All readings, the likeliest first; none where there are no names in that form. */
  readonly read: (text: string) => Labels[] | Promise<Labels[]>;
}

/** All forms; of those that a text looks like, the first with names in it counts. */
export const labelReaders: readonly LabelReader[] = [
  { form: "JSON", looksLike: /^\s*[[{]/, read: labelsInJson },
  {
    form: "a TensorFlow label map",
    looksLike: /^\s*(?:#[^\n\r]*[\n\r]\s*)*item\s*(?::\s*)?\{/,
    only: true,
    read: labelsInLabelMap,
  },
  {
    form: "a dict or list of Python",
    looksLike:
      /^\s*(?:(?:[#/]|import )[^\n\r]*[\n\r]\s*)*(?:(?:export\s+)?(?:(?:const|var|let)\s+)?[\w.]+\s*(?::[^=]*)?=\s*)?(?:OrderedDict\s*)?[[{(]/,
    only: true,
    read: labelsInLiteral,
  },
  { form: "YAML", looksLike: /^[ \t]*(?:-\s|["']?[\w-]+["']?[ \t]*:(?:\s|$))/m, read: labelsInYaml },
  { form: "CSV", looksLike: /\n/, read: labelsInTable },
  { form: "one name per line", looksLike: /\S/, read: labelsInLines },
];

/**
 * Class names from a file: one per line, with or without their numbers or WordNet ids; CSV or TSV; JSON, as lists, as tables by
 * index or by name, or as settings that hold one (Hugging Face, Teachable Machine, Keras' ImageNet); YAML; Python's dicts and
 * lists; TensorFlow's label maps. Bytes may be UTF-8, UTF-16 or Latin-1.
 * @param where how errors name the file
 * @returns every way to read them, the likeliest first: the one whose number is the model's is right (`fittingLabels`)
 * @throws FoveaError `bad-file` where there are no names
 */
export async function readLabels(source: Uint8Array | string, where: string): Promise<readonly Labels[]> {
  const text = (typeof source === "string" ? source : decodeText(source)).replace(/^\ufeff/, "");
  if (!text.includes("\0")) {
    for (const { looksLike, only = false, read } of labelReaders) {
      if (!looksLike.test(text)) continue;
      const readings = await read(text);
      if (readings.length > 0) return readings;
      if (only) break;
    }
  }
  const forms = labelReaders.map(({ form }) => form).toReversed();
  const expected = `${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}`;
  throw new FoveaError("bad-file", `${where}: class names: expected ${expected}, got ${shortened(text.slice(0, 60))}`);
}
