/** @file The error of an image as plain data. */

import { FoveaError } from "../../../foundation/error.js";
import type { Refused } from "./messages.js";

export function refusedBy({ code, message }: FoveaError): Refused {
  return { error: { code, message } };
}

/** The refusal of an image whose scores mean nothing. */
export function notFinite(): Refused {
  return refusedBy(
    new FoveaError("bad-input", "image: expected finite class scores, got none: the network's own numbers overflow"),
  );
}
