/** @file Names of methods as links spell them, and as the open model's list has them. */

import { defaultBoxMethod } from "../../../src/explain/boxes/box-options.js";
import { defaultMethod } from "../../../src/explain/method.js";
import { plainSpelling } from "../../../src/foundation/words.js";
import type { ModelView } from "../engine/api.js";

/** The method's name as the list has it; the usual one where it has none. The usual one of boxes is another. */
export function spelt(
  method: string,
  { methods = [], task }: Partial<Pick<ModelView, "methods" | "task">> = {},
): string {
  const spelling = plainSpelling(method);
  const name = methods.find(({ spellings }) => spellings.includes(spelling))?.name ?? defaultMethod;
  return task === "detection" && name === defaultMethod ? defaultBoxMethod : name;
}
