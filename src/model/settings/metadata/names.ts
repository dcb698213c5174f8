/** @file Class names in metadata, as JSON or as Python's literals. */

import { parseJson } from "../../../foundation/parse-json.js";
import { classesIn } from "../../labels/from-value.js";
import { readPythonLiteral } from "../python-literal.js";
import type { MetadataReader } from "./reader.js";

const keys = ["names", "classes", "labels", "class_names", "id2label"];

export const namesInMetadata: MetadataReader = {
  origin: "the file's metadata",
  read(metadata) {
    for (const key of keys) {
      const text = metadata(key);
      const classes = text === undefined ? undefined : classesIn(jsonIn(text) ?? readPythonLiteral(text));
      if (classes) return { classes };
    }
    return {};
  },
};

function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
