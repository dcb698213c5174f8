/** @file Finds the results that an interrupted report left, so that it goes on. */

import type { ImageExplainer } from "../../explain/loaded-model.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import type { ObservationStore } from "../../report/collect/observe/observation.js";
import type { ReportedData } from "../../report/collect/report-images.js";
import { fileIdentity, fingerprint } from "../inputs/identity.js";
import type { NamedModel } from "../inputs/models.js";
import type { ReportFlags } from "../options/report-options.js";
import { platform } from "../platform.js";
import { note } from "../terminal/print.js";
import type { PartialResults } from "./partial-results.js";

/** What observations hold; another text where they hold something else, so that earlier ones are made anew. */
const observationForm = "parts exchanged; spread";

/** For each model the place where its results are kept; notes how many an interrupted report left there. */
export function earlierResults(
  partial: PartialResults,
  { images }: ReportedData,
  { labels, group, input, output }: ReportFlags,
  keyOf: (index: number) => string | undefined,
): (named: NamedModel, explainer: ImageExplainer) => ObservationStore {
  return ({ name, path, model }, { layer, method }) => {
    const { preprocessing } = preprocessingOf(model);
    const [version] = platform.versions;
    const facts = [
      version?.version,
      fileIdentity(path),
      preprocessing,
      labels,
      group,
      input,
      output,
      layer.name,
      method.name,
      observationForm,
    ];
    const modelKey = fingerprint(...facts);
    const keys = Array.from({ length: images.count }, (_, index) => {
      const identity = keyOf(index);
      return identity && fingerprint(modelKey, identity, index, images.boxesOf(index));
    });
    const store = partial.store(keys);
    const done = keys.filter((_, index) => store.has(index)).length;
    if (done > 0) note(`${name}: ${done} of ${images.count} photos were explained before; going on`);
    return store;
  };
}
