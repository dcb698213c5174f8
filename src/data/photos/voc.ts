/** @file Objects and their boxes as Pascal VOC writes them. */

import { SaxesParser } from "saxes";
import { FoveaError } from "../../foundation/error.js";
import type { FoundObject } from "./annotations.js";
import { boxBetween } from "./manifest.js";
import { xmlText } from "./xml-text.js";

/**
 * Reads an annotation of the Pascal VOC challenge; undefined for other XML. Its pixels count from 1 and its boxes contain
 * their last row and column (Everingham & Winn, VOC2012 Development Kit, 2012): 1, 1, 10, 10 is x 0, y 0, 10 wide and high.
 * Elements are known by their local names, of several with the same name the first counts. Takes time in proportion to the
 * size; entities that the file declares itself are not read.
 * @throws FoveaError `bad-file` for XML that is not well-formed, for elements more than 256 deep as libxml2 has it, and for a
 *   box that is none
 */
export function readVoc(bytes: Uint8Array, where: string): FoundObject[] | undefined {
  const { text, check } = xmlText(bytes, where);
  if (!/<(?:[^\s<>/:]*:)?annotation[\s/>]/.test(text)) return undefined;
  check();
  const annotations = annotationsIn(text, where);
  let count = 0;
  return annotations.flatMap(({ file = "", objects }) =>
    objects.map((fields) => ({ file, ...objectOf(fields, `${where}: object ${++count}`) })),
  );
}

interface Annotated {
  file: string | undefined;
  readonly objects: Fields[];
}

/** An object's texts as they stand in the file. */
type Fields = Partial<Record<"name" | "xmin" | "ymin" | "xmax" | "ymax", string>>;

function annotationsIn(xml: string, where: string): Annotated[] {
  const annotations: Annotated[] = [];
  parse(xml, where, {
    open(path, empty) {
      const name = path.at(-1);
      if (name === "annotation") annotations.push({ file: undefined, objects: [] });
      if (name === "object" && !empty) annotations.at(-1)?.objects.push({});
    },
    close(path, text) {
      const annotation = annotations.at(-1);
      const fields = annotation?.objects.at(-1);
      const field = path.slice(-3).join("/");
      if (annotation && field.endsWith("annotation/filename")) annotation.file ??= text;
      // Parts of an object, heads and hands, have names and boxes of their own.
      const own = field.endsWith("object/name") || /^object\/bndbox\/[xy](min|max)$/.test(field);
      if (fields && own) fields[path.at(-1) as keyof Fields] ??= text;
    },
  });
  return annotations;
}

function objectOf(fields: Fields, at: string): Omit<FoundObject, "file"> {
  if (!fields.name) throw new FoveaError("bad-file", `${at}: expected a name, got none`);
  const corners = [fields.xmin, fields.ymin, fields.xmax, fields.ymax];
  const [left, top, right, bottom] = corners.map((text) => Number(text || "NaN")) as [number, number, number, number];
  return { label: fields.name, box: boxBetween([left - 1, top - 1, right, bottom], at) };
}

interface Elements {
  /** @param path local names from the root to the element, "" for those that do not count @param empty whether it is written as `<name/>` */
  open(path: readonly string[], empty: boolean): void;
  /** @param text what stands in the element itself, trimmed */
  close(path: readonly string[], text: string): void;
}

/** Names that count: all others are one, however long. */
const words = new Set(["annotation", "filename", "object", "name", "bndbox", "xmin", "ymin", "xmax", "ymax"]);
const deepest = 256;
/** Characters of what the parser says. */
const longest = 120;

function parse(xml: string, where: string, { open, close }: Elements): void {
  // Without prefixes looked up: a chain of namespaces would cost the square of its length.
  const parser = new SaxesParser({ position: false });
  const at = () => `${where}: line ${parser.line}, column ${parser.column}`;
  const path: string[] = [];
  const texts: string[] = [];
  parser.on("error", ({ message }) => {
    const said = message.slice(0, longest).replace(/\.$/, "");
    throw new FoveaError("bad-file", `${at()}: expected well-formed XML, got ${said}${loneAmpersand(xml)}`);
  });
  parser.on("opentag", ({ name, isSelfClosing }) => {
    const local = name.slice(name.indexOf(":") + 1);
    path.push(words.has(local) ? local : "");
    texts.push("");
    if (path.length > deepest) {
      throw new FoveaError("bad-file", `${at()}: expected at most ${deepest} elements within each other, got more`);
    }
    open(path, isSelfClosing);
  });
  const add = (text: string) => {
    if (path.length > 0) texts[path.length - 1] += text;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    close(path, (texts.pop() as string).trim());
    path.pop();
  });
  parser.write(xml).close();
}

/** An ampersand as it is typed swallows what follows it, so that the parser complains of something else, further on. */
function loneAmpersand(xml: string): string {
  const lone = /&(?!#?[\w.:-]{1,40};)/.exec(xml);
  return lone ? `; the & of line ${xml.slice(0, lone.index).split("\n").length} may be meant as &amp;` : "";
}
