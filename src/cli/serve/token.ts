/** @file The token that clients of the server must send, and when there must be one. */

import { lookup } from "node:dns/promises";
import { readInputText } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";

/** Fewer characters can be guessed. */
const fewest = 16;

/**
 * @param file that holds it
 * @param variable the value of FOVEA_TOKEN
 * @throws FoveaError `bad-input`, `not-found`
 */
export async function readToken(file: string | undefined, variable: string | undefined): Promise<string | undefined> {
  const token = file === undefined ? variable : (await readInputText(file, "token")).trim();
  if (token === undefined || (token.length >= fewest && /^[\x21-\x7e]+$/.test(token))) return token;
  const where = file ?? "FOVEA_TOKEN";
  const expected = `a token of at least ${fewest} letters, digits and signs without spaces`;
  throw new FoveaError("bad-input", `${where}: expected ${expected}, got another text: openssl rand -hex 32 makes one`);
}

/** Whether only this machine can reach an address. @throws FoveaError `bad-input` for one that is none */
export async function isLoopback(host: string): Promise<boolean> {
  try {
    const found = await lookup(host, { all: true });
    return found.every(({ address }) => address === "::1" || address.startsWith("127."));
  } catch (cause) {
    throw new FoveaError("bad-input", `--host ${host}: expected an address of this machine, got another`, { cause });
  }
}
