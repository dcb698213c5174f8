/** @file Which class of a detector is which of a set of scenes. */

import { FoveaError } from "../../../foundation/error.js";
import { list } from "../../../foundation/words.js";
import type { Model } from "../../../model/model.js";
import { detectionOf } from "../../../model/tasks/detection/detect.js";

/** The classes of a set. */
export interface SetClasses {
  /** The set's name in errors. */
  readonly name: string;
  readonly classes: readonly string[];
}

/** How many names an error lists. */
const mostNamed = 5;

/**
 * For each class of the model its index in the set; -1 for those that the set does not have, whose boxes are neither right nor wrong. Names are
 * compared without regard to case; a model without names has the set's classes in the set's order, if it has as many.
 * @param name the model's, in errors
 * @throws FoveaError `bad-input` where a class of the set is none of the model's
 */
export function matchDetector(name: string, model: Model, { name: data, classes }: SetClasses): readonly number[] {
  const { classCount } = detectionOf(model.task);
  const names = model.placeClasses ?? model.card.classes;
  if (names === undefined) {
    if (classCount === undefined || classCount === classes.length) return classes.map((_, i) => i);
    throw new FoveaError(
      "bad-input",
      `${name}: classes: expected the ${classes.length} of ${data}, got ${classCount} without names (--labels names them)`,
    );
  }
  const places = new Map(classes.map((each, i) => [plain(each), i]));
  const own = new Set(names.map(plain));
  const missing = classes.filter((each) => !own.has(plain(each)));
  if (missing.length === 0) return names.map((each) => places.get(plain(each)) ?? -1);
  const shown =
    missing.length > mostNamed ? [...missing.slice(0, mostNamed), `${missing.length - mostNamed} more`] : missing;
  const got = names.length > mostNamed ? `${names.length} others` : list(names);
  throw new FoveaError(
    "bad-input",
    `${name}: classes: expected names for ${list(shown)} of ${data}, got ${got} (--labels gives a model other names)`,
  );
}

const plain = (name: string) => name.trim().toLowerCase();
