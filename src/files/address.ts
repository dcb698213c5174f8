/** @file Addresses on the web in the place of paths: nothing is fetched that nobody asked for. */

import { FoveaError } from "../foundation/error.js";

/** The scheme of an address, in small letters; undefined for a path. */
export function schemeOf(path: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1]?.toLowerCase();
}

export function isAddress(path: string): boolean {
  return schemeOf(path) !== undefined;
}

/** @throws FoveaError `bad-input` for an address where a file is expected, with how to get it */
export function refuseAddress(path: string): void {
  const scheme = schemeOf(path);
  if (scheme === undefined) return;
  const advice =
    scheme === "file"
      ? "give its path"
      : `download it first${isWeb(scheme) ? `: curl -L -O ${fileAddress(path)}` : ""}`;
  throw new FoveaError("bad-input", `${path}: expected a file, got an address, which is not fetched: ${advice}`);
}

function isWeb(scheme: string): boolean {
  return scheme === "http" || scheme === "https";
}

/** The file itself, where the address is that of the page about it. */
function fileAddress(address: string): string {
  return address
    .replace(/^(https?:\/\/github\.com\/[^/]+\/[^/]+)\/blob\//, "$1/raw/")
    .replace(/^(https?:\/\/huggingface\.co\/.+?)\/blob\//, "$1/resolve/");
}
