/** @file Objects and their boxes as Pascal VOC writes them. */

import { SaxesParser } from "saxes";
import { FoveaError } from "../../foundation/error.js";
import { boxBetween } from "../boxes.js";
import { decodeXml } from "./decode-xml.js";
import type { AnnotatedObject } from "./photo.js";

/**
 * Reads an annotation of the Pascal VOC challenge; undefined for other XML. Its pixels count from 1 and its boxes contain
 * their last row and column (Everingham & Winn, VOC2012 Development Kit, 2012): 1, 1, 10, 10 is x 0, y 0, 10 wide and high.
 * Elements are known by their local names, of several with the same name the first counts. Takes time in proportion to the
 * size; entities that the file declares itself are not read.
 * @throws FoveaError `bad-file` for XML that is not well-formed, for elements more than 256 deep as libxml2 has it, and for a
 *   box that is none
 */
export function readVoc(bytes: Uint8Array, where: string): AnnotatedObject[] | undefined {
  const { text, check } = decodeXml(bytes, where);
  if (!/<(?:[^\s<>/:]*:)?annotation[\s/>]/.test(text)) return undefined;
  check();
  const annotations = annotationsIn(text, where);
  let count = 0;
  return annotations.flatMap(({ file = "", objects }) =>
    objects.map((fields) => ({ file, ...objectOf(fields, `${where}: object ${++count}`) })),
  );
}

interface Annotation {
  file: string | undefined;
  readonly objects: Fields[];
}

const fieldNames = ["name", "difficult", "xmin", "ymin", "xmax", "ymax"] as const;

/** An object's texts as they stand in the file. */
type Fields = Partial<Record<(typeof fieldNames)[number], string>>;

function annotationsIn(xml: string, where: string): Annotation[] {
  const annotations: Annotation[] = [];
  parse(xml, where, {
    open(path, empty) {
      const name = path.at(-1);
      if (name === "annotation") annotations.push({ file: undefined, objects: [] });
      if (name === "object" && !empty) annotations.at(-1)?.objects.push({});
    },
    close(path, text) {
      const annotation = annotations.at(-1);
      const fields = annotation?.objects.at(-1);
      const ending = path.slice(-3).join("/");
      if (annotation && ending.endsWith("annotation/filename")) annotation.file ??= text;
      // Parts of an object, heads and hands, have names and boxes of their own.
      const isOfObject = /object\/(name|difficult)$/.test(ending) || /^object\/bndbox\/[xy](min|max)$/.test(ending);
      const field = fieldNames.find((name) => name === path.at(-1));
      if (fields && isOfObject && field) fields[field] ??= text;
    },
  });
  return annotations;
}

function objectOf({ name, difficult, xmin, ymin, xmax, ymax }: Fields, where: string): Omit<AnnotatedObject, "file"> {
  if (!name) throw new FoveaError("bad-file", `${where}: expected a name, got none`);
  const number = (text: string | undefined) => Number(text || "NaN");
  const corners = [number(xmin) - 1, number(ymin) - 1, number(xmax), number(ymax)];
  return { label: name, box: boxBetween(corners, where), ...(difficult === "1" ? { difficult: true } : {}) };
}

interface Elements {
  /** @param path local names from the root to the element, "" for those that do not count @param empty whether it is written as `<name/>` */
  open(path: readonly string[], empty: boolean): void;
  /** @param text the element's own text, trimmed */
  close(path: readonly string[], text: string): void;
}

/** Names that count: all others are one, however long. */
const elementNames = new Set<string>(["annotation", "filename", "object", "bndbox", ...fieldNames]);
const deepest = 256;
/** Characters of the parser's message that are shown. */
const longestMessage = 120;

function parse(xml: string, where: string, { open, close }: Elements): void {
  // Without prefixes looked up: a chain of namespaces would cost the square of its length.
  const parser = new SaxesParser({ position: false });
  const place = () => `${where}: line ${parser.line}, column ${parser.column}`;
  const path: string[] = [];
  const texts: string[] = [];
  parser.on("error", ({ message }) => {
    const got = message.slice(0, longestMessage).replace(/\.$/, "");
    throw new FoveaError("bad-file", `${place()}: expected well-formed XML, got ${got}${describeAmpersand(xml)}`);
  });
  parser.on("opentag", ({ name, isSelfClosing }) => {
    const local = name.slice(name.indexOf(":") + 1);
    path.push(elementNames.has(local) ? local : "");
    texts.push("");
    if (path.length > deepest) {
      throw new FoveaError("bad-file", `${place()}: expected at most ${deepest} elements within each other, got more`);
    }
    open(path, isSelfClosing);
  });
  const add = (text: string) => {
    if (path.length > 0) texts[path.length - 1] += text;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    close(path, (texts.pop() ?? "").trim());
    path.pop();
  });
  parser.write(xml).close();
}

/** A lone ampersand swallows the text behind it, so that the parser complains of something else, further on. */
function describeAmpersand(xml: string): string {
  const lone = /&(?!#?[\w.:-]{1,40};)/.exec(xml);
  return lone ? `; the & of line ${xml.slice(0, lone.index).split("\n").length} may be meant as &amp;` : "";
}
