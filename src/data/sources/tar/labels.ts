/** @file The label, split and boxes of a sample, from the members that tell of it, else from the folder it lies in. */

import type { RandomAccess } from "../../../files/input/random-access.js";
import { FoveaError, messageOf, shortened } from "../../../foundation/error.js";
import { parseJson } from "../../../foundation/parse-json.js";
import { boxBetween } from "../../boxes.js";
import { parseSplit } from "../../photos/split-names.js";
import type { ImageLabels } from "../source.js";
import type { TarMember } from "./members.js";
import type { Sample } from "./samples.js";

/** Bytes of what tells of an image. */
const mostBytes = 2 ** 20;
/** Characters of a class's name in a text; a longer one is a description. */
const longestLabel = 200;

/** @throws FoveaError `bad-file` where the archive cannot be read; what is wrong with the labels alone is the image's `reason` */
export async function labelsOf({ image, about }: Sample, file: RandomAccess): Promise<ImageLabels> {
  const [cls, json, txt] = ["cls", "json", "txt"].map((ending) => about.get(ending));
  const found = json ? fromJson(await contentOf(json, file), json.name) : {};
  if (found.reason !== undefined) return found;
  const label = labelIn(await contentOf(cls, file)) ?? found.label ?? labelIn(await contentOf(txt, file));
  if (label !== undefined) return { ...found, label };
  const folder = about.size === 0 ? image.name.split("/").at(-2) : undefined;
  if (folder !== undefined) return { ...found, label: folder };
  const expected = "expected a class beside it (.cls, .json or .txt), or a class's folder";
  return { ...found, reason: `label: ${expected}, got ${about.size === 0 ? "neither" : "none in them"}` };
}

/** Undefined for a member that there is not, or that is too long to be a label. */
async function contentOf(member: TarMember | undefined, file: RandomAccess): Promise<string | undefined> {
  if (member === undefined || member.bytes > mostBytes) return undefined;
  return new TextDecoder().decode(await file.read(member.offset, member.bytes));
}

/** One line of a class's name. */
function labelIn(text: string | undefined): string | undefined {
  const label = text?.trim() ?? "";
  return label === "" || label.length > longestLabel || /[\r\n]/.test(label) ? undefined : label;
}

const names = ["label", "class", "category", "class_name", "label_name", "cls"];

function fromJson(text: string | undefined, name: string): ImageLabels {
  if (text === undefined) return {};
  try {
    const fields: Readonly<Record<string, unknown>> = Object(parseJson(text));
    const label = names.map((each) => fields[each]).find((value) => ["string", "number"].includes(typeof value));
    const split = typeof fields.split === "string" ? parseSplit(fields.split) : undefined;
    const boxes = Array.isArray(fields.boxes) ? fields.boxes : [];
    const placed = boxes.map((box: unknown) => boxBetween(Array.isArray(box) ? box : [], "boxes"));
    return {
      ...(label === undefined || label === "" ? {} : { label: String(label) }),
      ...(split === undefined ? {} : { split }),
      ...(placed.length === 0 ? {} : { boxes: placed }),
    };
  } catch (cause) {
    if (cause instanceof FoveaError) return { reason: `${shortened(name)}: ${cause.message}` };
    return { reason: `${shortened(name)}: expected JSON, got ${messageOf(cause)}` };
  }
}
