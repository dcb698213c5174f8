/** @file Names of the inputs of a sampled method's graphs. */

import { own } from "../../../model/run/tensors.js";

export const names = {
  at: own("at"),
  noise: own("noise"),
  baseline: own("baseline"),
  rise: own("rise"),
  sum: (name: string) => own(`sum/${name}`),
  weight: (name: string) => own(`weight/${name}`),
};
