/** @file The requests of KServe's first protocol: instances to predict or explain, and how they are explained. */

import { defaultMethod } from "../../../explain/method.js";
import type { EngineImage, ExplainChoice, ModelFacts } from "../engine/messages.js";
import { badRequest } from "../refusal.js";
import { flagOr, kindOf, listAt, objectAt, textAt, textOr } from "./fields.js";
import { base64At, numbersAt, sizesOf } from "./numbers.js";
import { checkCount, checkSizes, rowsIn } from "./tensors.js";

/** @throws Refusal 400 */
export function readInstances(facts: ModelFacts, json: unknown, maxInstances: number): EngineImage[] {
  const instances = listAt(objectAt(json, "the body").instances, "instances");
  checkCount(instances.length, maxInstances, "instances");
  return instances.flatMap((instance, i) => imageOf(facts, instance, `instances[${i}]`));
}

function imageOf(facts: ModelFacts, instance: unknown, where: string): EngineImage[] {
  if (Array.isArray(instance)) {
    const sizes = [1, ...sizesOf(instance, where)];
    checkSizes(facts, sizes, where);
    return rowsIn(numbersAt(instance, sizes.slice(1), where), sizes);
  }
  const expected = facts.takesImages ? 'an image as {"image": {"b64": "..."}}, or nested lists' : "nested lists";
  const { image } = objectAt(instance, where);
  if (image === undefined || !facts.takesImages) throw badRequest(where, `${expected} of numbers`, kindOf(instance));
  return [{ file: base64At(objectAt(image, `${where}.image`).b64, `${where}.image.b64`) }];
}

/** @throws Refusal 400 for a map that is to be laid over a tensor */
export function checkOverlay({ overlay }: ExplainChoice, images: readonly EngineImage[]): void {
  if (overlay && images.some((image) => "tensor" in image))
    throw badRequest("parameters.overlay", "image files to lay maps over", "a tensor");
}

/** How instances are explained: options of `fovea explain` by name. @throws Refusal 400 */
export function readChoice(json: unknown): ExplainChoice {
  const { parameters = {} } = objectAt(json, "the body");
  const fields = objectAt(parameters, "parameters");
  for (const name of Object.keys(fields))
    if (!names.includes(name)) throw badRequest("parameters", names.join(", "), JSON.stringify(name.slice(0, 40)));
  const { class: classes = "predicted", layer = "auto", method, against, signed, overlay } = fields;
  const texts = Array.isArray(classes) ? classes : [classes];
  return {
    classes: texts.map((each) => nameAt(each, "parameters.class")),
    layer: nameAt(layer, "parameters.layer"),
    method: textOr(method, defaultMethod, "parameters.method"),
    against: flagOr(against, false, "parameters.against"),
    signed: flagOr(signed, false, "parameters.signed"),
    overlay: flagOr(overlay, false, "parameters.overlay"),
  };
}

const names = ["class", "layer", "method", "against", "signed", "overlay"];

/** A name, or a number in its place. */
function nameAt(value: unknown, where: string): string {
  return typeof value === "number" ? String(value) : textAt(value, where);
}
