/** @file Packages of stores' own clients: loaded when an address asks for one, and named where they are not installed. */

import { FoveaError } from "../../../foundation/error.js";

/**
 * A package that may not be installed.
 * @throws FoveaError `bad-input` with how to install it
 */
export async function clientPackage<Package>(
  address: string,
  name: string,
  load: () => Promise<Package>,
): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (!["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(code)) throw cause;
    const scheme = address.slice(0, address.indexOf(":"));
    const expected = `expected the package that reads ${scheme}://`;
    throw new FoveaError("bad-input", `${address}: ${expected}, got none: npm install ${name}`, { cause });
  }
}

/** Bucket and key of `s3://bucket/key` and its like. @throws FoveaError `bad-input` */
export function bucketAndKey(address: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = "", key = ""] = /^[a-z0-9]+:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  if (/^[a-z0-9][\w.-]{1,221}[a-z0-9]$/i.test(bucket)) return { bucket, key };
  const scheme = address.slice(0, address.indexOf(":"));
  const expected = `expected ${scheme}://bucket/path`;
  throw new FoveaError(
    "bad-input",
    `${address}: ${expected}, got ${bucket === "" ? "no bucket" : "a bucket of another name"}`,
  );
}
