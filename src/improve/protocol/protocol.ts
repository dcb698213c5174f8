/** @file The protocol of an improvement: one JSON file that each step appends its section to, so that no finished step is done again. */

import { writeFileAtomically } from "../../files/atomic.js";
import { readInput } from "../../files/input/read-input.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { notAProtocol, type Protocol, type ProtocolHead, protocolFrom, version } from "./parse-protocol.js";
import type { SectionName, Sections } from "./sections.js";

/** A protocol on disk. */
export class ProtocolFile {
  readonly path: string;
  #protocol: Protocol;

  private constructor(path: string, protocol: Protocol) {
    this.path = path;
    this.#protocol = protocol;
  }

  /**
   * Opens the protocol at a path, or begins one there; nothing is written until a section is.
   * @throws FoveaError `bad-file` for a file that is no protocol, `bad-input` for that of another model, other data, another seed or other confirmed labels
   */
  static async open(path: string, head: ProtocolHead): Promise<ProtocolFile> {
    const found = await readProtocol(path);
    if (found) checkHead(found, head, path);
    return new ProtocolFile(path, found ?? { version, ...head });
  }

  get protocol(): Protocol {
    return this.#protocol;
  }

  /** Writes a section in the place of any earlier one; the file is whole at all times. */
  async write<Name extends SectionName>(name: Name, section: Sections[Name]): Promise<void> {
    const next = { ...this.#protocol, [name]: section };
    await writeFileAtomically(this.path, `${JSON.stringify(next, undefined, 2)}\n`);
    this.#protocol = next;
  }

  /**
   * Opens the sealed images, once: the protocol says so before anything is read. The same purpose may go on where it was broken off.
   * @param purpose what they are opened for, down to the bytes: the hash of the models that are proved
   * @throws FoveaError `bad-input` where they were opened before
   */
  async openSeal(purpose: string): Promise<void> {
    const { split, proof } = this.#protocol;
    if (split === undefined) throw new Error("internal: the sealed images are opened before the split is written");
    if (proof !== undefined || (split.opened !== null && split.opened !== purpose)) {
      const expected = "expected sealed test images, which are opened once, at the end";
      const advice = "new test images and a new protocol can prove another model";
      throw new FoveaError("bad-input", `${this.path}: ${expected}, got some that were opened before: ${advice}`);
    }
    if (split.opened === null) await this.write("split", { ...split, opened: purpose });
  }
}

/**
 * The protocol at a path; undefined where there is no file.
 * @throws FoveaError `bad-file`
 */
export async function readProtocol(path: string): Promise<Protocol | undefined> {
  try {
    return protocolFrom(await readInput(path, "protocol", path));
  } catch (error) {
    if (error instanceof FoveaError && error.code === "not-found") return undefined;
    throw notAProtocol(path, messageOf(error), "--protocol names another file");
  }
}

/**
 * The protocol at a path where there must be one.
 * @throws FoveaError `not-found`, `bad-file`
 */
export async function protocolAt(path: string): Promise<Protocol> {
  const protocol = await readProtocol(path);
  if (protocol) return protocol;
  throw new FoveaError("not-found", `${path}: expected a protocol of fovea improve, got no such file`);
}

/** What must be the same for a run to go on, in words. */
const belongsTo = {
  model: "this model",
  data: "this data",
  seed: "this seed",
  labels: "this list of confirmed labels",
} as const;

function checkHead(found: Protocol, head: ProtocolHead, path: string): void {
  const short = (value: string | undefined) => value?.slice(0, 12) ?? "none";
  for (const [name, words] of Object.entries(belongsTo) as [keyof typeof belongsTo, string][]) {
    if (found[name] === head[name]) continue;
    const expected = `expected the protocol of ${words}`;
    const got = `that of another one (${short(found[name])}, not ${short(head[name])})`;
    throw new FoveaError("bad-input", `${path}: ${expected}, got ${got}: --protocol names another file`);
  }
}
