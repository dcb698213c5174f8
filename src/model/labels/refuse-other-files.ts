/** @file Files of class names that hold something else. */

import { refuseAddress } from "../../files/address.js";
import { startOfFile } from "../../files/kinds/start-of-file.js";

/**
 * Refuses what is no text, or stands in for one, such as a web page. A file that is not there is left to its reader.
 * @throws FoveaError `bad-input` for an address; else `bad-file`, `unsupported-operator`, with what the file is
 */
export async function refuseOtherThanLabels(path: string): Promise<void> {
  refuseAddress(path);
  const head = startOfFile(path);
  if (head === undefined) return;
  const { recogniseFile, wrongFile } = await import("../../files/kinds/file-kind.js");
  if (recogniseFile(head, path)) throw wrongFile(path, "a list of class names", head);
}
