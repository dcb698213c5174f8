/** @file The hub's own environment variables, which all programs that use it go by: where it is, who asks, and where its cache lies. */

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { FoveaError } from "../foundation/error.js";
import { readInputSync } from "./input/read-input.js";
import { isAllowed } from "./transfer/answer.js";

export interface HubSettings {
  /** `HF_ENDPOINT`, without a slash at its end: https, or http on this machine. */
  readonly endpoint: string;
  /** `HF_TOKEN`, else what stands in `HF_TOKEN_PATH`; never asked for offline. */
  readonly token: string | undefined;
  /** `HF_HUB_CACHE`, else `hub` in `HF_HOME`. */
  readonly cache: string;
  /** `HF_HUB_OFFLINE`: nothing is asked. */
  readonly isOffline: boolean;
  /** Milliseconds to wait for answers, and between pieces of files: `HF_HUB_ETAG_TIMEOUT` and `HF_HUB_DOWNLOAD_TIMEOUT`. */
  readonly patience: { readonly answer: number; readonly download: number };
}

type Variables = Readonly<Record<string, string | undefined>>;

const usualEndpoint = "https://huggingface.co";
const usualSeconds = { answer: 10, download: 30 };

/** As the environment is now. @throws FoveaError as `readHubSettings` */
export function hubSettings(): HubSettings {
  return readHubSettings(process.env);
}

/**
 * What the variables say, as in Python's library; an empty one counts as unset.
 * @throws FoveaError `bad-input` for an address that is not asked, or a token that is none
 */
export function readHubSettings(variables: Variables): HubSettings {
  const { HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE } = variables;
  const isOffline = isTrue(HF_HUB_OFFLINE || TRANSFORMERS_OFFLINE);
  const home = homeOf(variables);
  return {
    endpoint: endpointOf(variables),
    token: isOffline ? undefined : tokenOf(variables, home),
    cache: expanded(HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE || join(home, "hub"), variables),
    isOffline,
    patience: {
      answer: milliseconds(variables.HF_HUB_ETAG_TIMEOUT, usualSeconds.answer),
      download: milliseconds(variables.HF_HUB_DOWNLOAD_TIMEOUT, usualSeconds.download),
    },
  };
}

function homeOf(variables: Variables): string {
  const { HF_HOME, XDG_CACHE_HOME } = variables;
  return expanded(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"), variables);
}

/** `~` and `$NAME` written out, as they are where no shell has done it. */
function expanded(path: string, variables: Variables): string {
  return path
    .replace(/^~(?=$|[\\/])/, () => homedir())
    .replace(/\$(?:\{(\w+)\}|(\w+))/g, (all, braced: string, plain: string) => variables[braced ?? plain] ?? all);
}

function isTrue(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}

function milliseconds(value: string | undefined, usual: number): number {
  const seconds = Number(value);
  return 1000 * (seconds > 0 && seconds < 100_000 ? seconds : usual);
}

function endpointOf({ HF_ENDPOINT }: Variables): string {
  const text = (HF_ENDPOINT || usualEndpoint).trim().replace(/\/+$/, "");
  const expected = "expected an address of https, or of http on this machine";
  const address = URL.canParse(text) ? new URL(text) : undefined;
  // What stands before the @ may be a password: it is neither sent nor shown.
  const got = [address?.username, address?.password].some(Boolean) ? "one with a user's name in it" : undefined;
  if (address && got === undefined && isAllowed(address, true)) return text;
  const other = address ? `one of ${address.protocol.replace(":", "")}` : "something else";
  throw new FoveaError("bad-input", `HF_ENDPOINT: ${expected}, got ${got ?? other}`);
}

function tokenOf(variables: Variables, home: string): string | undefined {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HUB_DISABLE_IMPLICIT_TOKEN } = variables;
  if (isTrue(HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const given = HF_TOKEN || HUGGING_FACE_HUB_TOKEN;
  if (given) return checkedToken(given, "HF_TOKEN");
  const path = expanded(HF_TOKEN_PATH || join(home, "token"), variables);
  return existsSync(path) ? checkedToken(new TextDecoder().decode(readInputSync(path, "settings")), path) : undefined;
}

/** What would break a header is refused here, without being shown. */
function checkedToken(text: string, where: string): string | undefined {
  const token = text.trim();
  if (token === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new FoveaError("bad-input", `${where}: expected a token of one word, got something else`);
}
