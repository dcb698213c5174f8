/** @file Protocols of improvements from the bytes of their files, on Node and in pages. */

import { isObject } from "../../foundation/check.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { parseJson } from "../../foundation/parse-json.js";
import { type Sections, sectionShapes } from "./sections.js";
import { fields, type Of, type Shape, text } from "./shape.js";

/** Left out where there is nothing. */
function orNone<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return (value, where) => (value === undefined ? undefined : shape(value, where));
}

/** Counted up when a section changes its meaning. */
export const version = 1;

const headShape = fields({
  /** For people. */
  subject: text,
  seed: text,
  /** SHA-256 of the model's file, and of the images' names and labels. */
  model: text,
  data: text,
  /** SHA-256 of the labels that a person confirmed to be wrong; left out where there are none. */
  labels: orNone(text),
});

/** What a protocol belongs to. */
export type ProtocolHead = Omit<Of<typeof headShape>, "labels"> & { readonly labels?: string | undefined };

/** What the steps have found so far. */
export interface Protocol extends ProtocolHead, Partial<Sections> {
  readonly version: number;
}

/**
 * The protocol in a file.
 * @throws FoveaError, or SyntaxError, whose message says what is no protocol: for `notAProtocol`
 */
export function protocolFrom(bytes: Uint8Array): Protocol {
  const value = parseJson(new TextDecoder().decode(bytes));
  if (!isObject(value)) throw new FoveaError("bad-file", shortened(value));
  if (value.version !== version) throw new FoveaError("bad-file", `version ${shortened(value.version)}`);
  const sections = Object.entries(sectionShapes).flatMap(([name, shape]) =>
    value[name] === undefined ? [] : [[name, shape(value[name], name)]],
  );
  return { version, ...headShape(value, "protocol"), ...(Object.fromEntries(sections) as Partial<Sections>) };
}

/** @param advice what the user can do */
export function notAProtocol(where: string, got: string, advice: string): FoveaError {
  const expected = `expected a protocol of fovea improve, version ${version}`;
  return new FoveaError("bad-file", `${where}: ${expected}, got ${got}: ${advice}`);
}
