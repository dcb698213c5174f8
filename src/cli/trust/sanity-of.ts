/** @file Checks whether maps change with the weights and with the class, and shows how far that is. */

import { type ClassSensitivity, measureClassSensitivity } from "../../evaluate/sanity/class-sensitivity.js";
import { type FamilyAgreement, measureAgreement } from "../../evaluate/sanity/family-agreement.js";
import { checkSanity, type MethodSanity, type SanityCheckOptions } from "../../evaluate/sanity/sanity-check.js";
import type { CamMethod } from "../../explain/method.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { NamedModel } from "../inputs/models.js";
import { runtime } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { print } from "../terminal/print.js";
import { printAgreement, printClassSensitivity } from "./print-class-sensitivity.js";
import { printSanity } from "./print-sanity.js";

/** What is measured besides metrics; plain data. */
export interface Sanity {
  readonly sanity: readonly MethodSanity[];
  readonly classSensitivity: readonly ClassSensitivity[];
  readonly agreement: readonly FamilyAgreement[];
}

/** @throws FoveaError as `checkSanity` does */
export async function sanityOf(
  job: Job,
  { model }: NamedModel,
  images: readonly Tensor[],
  methods: readonly CamMethod[],
  { draws, ...layer }: Pick<SanityCheckOptions, "layer" | "grid" | "skipTokens" | "draws">,
): Promise<Sanity> {
  const options = { runtime, methods, ...layer };
  const sanity = await job.stage("randomising weights", (onNetwork) =>
    checkSanity(model, images, { ...options, onNetwork, ...(draws === undefined ? {} : { draws }) }),
  );
  return {
    sanity,
    classSensitivity: await measureClassSensitivity(model, images, options),
    agreement: await measureAgreement(model, images, options),
  };
}

export function tellSanity({ sanity, classSensitivity, agreement }: Sanity): void {
  printSanity(sanity);
  print();
  printClassSensitivity(classSensitivity);
  print();
  printAgreement(agreement);
}
