/** @file Pascal VOC annotations: all that XML allows, what is no XML, and files that mean harm. */

import { describe, expect, it } from "vitest";
import { readVoc } from "../../../src/data/photos/voc.js";

const read = (xml: string | Uint8Array) => readVoc(typeof xml === "string" ? Buffer.from(xml) : xml, "a.xml");
const bndbox = "<bndbox><xmin>2</xmin><ymin>3</ymin><xmax>4</xmax><ymax>6</ymax></bndbox>";
const file = (name: string, label: string, more = "") =>
  `<annotation><filename>${name}</filename><object><name>${label}</name>${bndbox}${more}</object></annotation>`;
const found = (name: string, label: string) => [{ file: name, label, box: { x: 1, y: 2, width: 3, height: 4 } }];

describe("readVoc(bytes) reads", () => {
  it.each<[string, string]>([
    [
      "elements in any order",
      `<annotation><object>${bndbox}<name>cat</name></object><filename>1.jpg</filename></annotation>`,
    ],
    [
      "attributes, and space around texts and in tags",
      file("\n 1.jpg ", "cat\t").replace("<name>", "<name id='1' >").replace("</name>", "</name >"),
    ],
    ["CDATA", file("1.jpg", "<![CDATA[cat]]>")],
    ["comments, within texts too", file("1.jpg", "c<!-- <name>dog</name> -->at", "<!-- </object> -->")],
    [
      "processing instructions and a document type",
      `<?xml version="1.0"?><!DOCTYPE annotation [<!ELEMENT a ANY>]><?x y?>${file("1.jpg", "cat")}`,
    ],
    ["numeric entities", file("1.jp&#103;", "c&#x61;t")],
    [
      "namespaces, by prefix or default",
      file("1.jpg", "cat")
        .replace(/<(\/?)(?=\w)/g, "<$1v:")
        .replace(/^<v:annotation/, '$& xmlns:v="urn:voc"'),
    ],
    [
      "the name of the object where its parts and attributes have some",
      `<annotation><filename>1.jpg</filename><object><part><name>head</name>${bndbox.replace("2", "9")}</part><attributes><attribute><name>tail</name></attribute></attributes><name>cat</name>${bndbox}</object></annotation>`,
    ],
    ["an object that is not there", file("1.jpg", "cat").replace("<object>", "<object/><object>")],
  ])("%s", (_, xml) => {
    expect(read(xml)).toEqual(found("1.jpg", "cat"));
  });

  it("entities as characters, not as markup", () => {
    expect(read(file("a&amp;b.jpg", "&lt;name&gt; &quot;&apos;&#38;lt;"))).toEqual(found("a&b.jpg", "<name> \"'&lt;"));
  });

  it("the encoding that is declared or marked", () => {
    const xml = (encoding: string) => `<?xml version="1.0" encoding='${encoding}'?>\n${file("é.jpg", "cat")}`;
    const expected = found("é.jpg", "cat");
    expect(read(Buffer.from(xml("ISO-8859-1"), "latin1"))).toEqual(expected);
    expect(read(xml("utf-8"))).toEqual(expected);
    expect(read(`\uFEFF${xml("utf-8")}`)).toEqual(expected);
    expect(read(xml("utf-16"))).toEqual(expected);
    expect(read(Buffer.from(`\uFEFF${xml("utf-16")}`, "utf16le"))).toEqual(expected);
    expect(read(Buffer.from(xml("utf-16"), "utf16le"))).toEqual(expected);
    expect(read(Buffer.from(`\uFEFF${xml("utf-16")}`, "utf16le").swap16())).toEqual(expected);
    const chinese = Buffer.concat([
      Buffer.from(xml("gbk").replace(/é.*/s, "")),
      Buffer.from([0xc3, 0xa8]),
      Buffer.from(xml("gbk").replace(/.*é/s, "")),
    ]);
    expect(read(chinese)).toEqual(found("猫.jpg", "cat"));
  });

  it("nothing in other XML, well-formed or not, and no objects where there are none", () => {
    expect(read("<svg><object><name>cat</name></object></svg>")).toBeUndefined();
    expect(read("<svg><b></svg>")).toBeUndefined();
    expect(read('<?xml version="1.0" encoding="none"?><svg/>')).toBeUndefined();
    expect(read("")).toBeUndefined();
    expect(read("<annotation><filename>1.jpg</filename></annotation>")).toEqual([]);
  });
});

describe("readVoc(bytes) refuses", () => {
  it.each<[string, string | Uint8Array, string]>([
    [
      "an element that is not closed",
      "<annotation>\n<object>\n</annotation>",
      "a.xml: line 3, column 13: expected well-formed XML, got unexpected close tag",
    ],
    [
      "a file that is cut short",
      file("1.jpg", "cat").slice(0, -20),
      "a.xml: line 1, column 137: expected well-formed XML, got unclosed tag: object",
    ],
    [
      "a lone ampersand",
      file("1.jpg", "a & b"),
      "a.xml: line 1, column 159: expected well-formed XML, got unclosed tag: name; the & of line 1 may be meant as &amp;",
    ],
    [
      "text after the end",
      `${file("1.jpg", "cat")}x`,
      "a.xml: line 1, column 158: expected well-formed XML, got text data outside of root node",
    ],
    [
      "entities that the file declares",
      `<!DOCTYPE a [<!ENTITY b "c">]>\n${file("1.jpg", "&b;")}`,
      "a.xml: line 2, column 55: expected well-formed XML, got undefined entity",
    ],
    [
      "an attribute that is there twice",
      '<annotation a="1" a="2"/>',
      "a.xml: line 1, column 25: expected well-formed XML, got duplicate attribute: a",
    ],
    [
      "bytes of another encoding",
      Buffer.from(`\n${file("é.jpg", "cat")}`, "latin1"),
      "a.xml: line 2: expected utf-8, got other bytes",
    ],
    [
      "an encoding that there is not",
      `<?xml version="1.0" encoding="none"?>${file("1.jpg", "cat")}`,
      'a.xml: encoding: expected one of the Encoding Standard, got "none"',
    ],
    ["an object without a name", file("1.jpg", ""), "a.xml: object 1: expected a name, got none"],
    [
      "a box that is none",
      file("1.jpg", "cat").replace("<ymax>6", "<ymax>"),
      "a.xml: object 1: box: expected four numbers that span an area, got 1, 2, 4, NaN",
    ],
    [
      "100,000 levels of elements",
      `<annotation>${"<a>".repeat(1e5)}`,
      "a.xml: line 1, column 780: expected at most 256 elements within each other, got more",
    ],
  ])("%s", (_, xml, sentence) => {
    expect(() => read(xml)).toThrow(expect.objectContaining({ code: "bad-file", message: sentence }));
  });

  it("entities of entities, at once", () => {
    const names = Array.from({ length: 30 }, (_, i) => `<!ENTITY e${i + 1} "&e${i};&e${i};&e${i};&e${i};">`);
    const xml = `<!DOCTYPE a [<!ENTITY e0 "ha">${names.join("")}]>${file("1.jpg", "&e30;")}`;
    expect(() => read(xml)).toThrow("got undefined entity");
  });
});

describe("readVoc(bytes) takes time in proportion to the size", () => {
  const inside = (part: string) => (times: number) => `<annotation>${part.repeat(times)}</annotation>`;
  it.each<[string, (times: number) => string]>([
    ["of objects that are not closed", (times) => `<annotation>${"<object>".repeat(times)}`],
    [
      "of objects",
      (times) =>
        `<annotation>${file("1.jpg", "cat")
          .replace(/<\/?annotation>/g, "")
          .repeat(times / 16)}</annotation>`,
    ],
    ["of parts that are not closed", (times) => `<annotation><object>${"<part>x".repeat(times)}`],
    [
      "of a filename, with many elements beside it",
      (times) => file(`${"a/".repeat(4 * times)}1.jpg`, "cat", "<b/>".repeat(times)),
    ],
    [
      "of an element's name, with many elements in it",
      (times) => `<annotation><${"a".repeat(8 * times)}>${"<b/>".repeat(times)}`,
    ],
    ["of tags that never end", (times) => `<annotation ${"<name".repeat(times)}`],
    ["of attributes", (times) => `<annotation ${Array.from({ length: times }, (_, i) => `a${i}="1"`).join(" ")}/>`],
    ["of an entity that never ends", (times) => `<annotation>&${"a".repeat(8 * times)}`],
    ["of comments", inside("<!-- - -->")],
    ["of brackets in CDATA", (times) => `<annotation><![CDATA[${"]]".repeat(4 * times)}`],
    ["of entities", inside("&#99;&amp;")],
    ["of namespaces within each other", (times) => `<annotation>${'<a xmlns:b="c">'.repeat(times)}`],
  ])("%s", (_, xml) => {
    const timeOf = (times: number) => {
      const bytes = Buffer.from(xml(times));
      const all = [1, 2, 3].map(() => {
        const start = performance.now();
        try {
          read(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: "bad-file" });
        }
        return performance.now() - start;
      });
      return Math.min(...all);
    };
    // Sixteen times the size: what is quadratic takes 256 times as long. Of some milliseconds a busy machine tells nothing.
    expect(timeOf(64_000)).toBeLessThan(100 * Math.max(timeOf(4_000), 10));
  });
});
