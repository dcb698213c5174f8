/** @file Whether Grad-CAM's steps are asked for, and whether there are such steps. */

import { FoveaError } from "../../foundation/error.js";
import type { ExplainFlags } from "../options/explain-options.js";

export function asksForSteps({ showSteps = false, stepsTo }: ExplainFlags): boolean {
  return showSteps || stepsTo !== undefined;
}

/** @throws FoveaError `bad-input` where there are no such steps, or too many of them to read */
export function checkSteps(flags: ExplainFlags, many: boolean): void {
  const { method, fuse, augment, eigenSmooth } = flags;
  if (!asksForSteps(flags)) return;
  const refuse = (expected: string, got: string) => {
    throw new FoveaError("bad-input", `--show-steps: expected ${expected}, got ${got}`);
  };
  if (method !== "grad-cam") refuse("the method grad-cam, whose steps they are", `--method ${method}`);
  if (many) refuse("a single image", "several");
  const changed = { "--fuse": fuse, "--augment": augment, "--eigen-smooth": eigenSmooth };
  const [flag] = Object.entries(changed).find(([, given]) => given) ?? [];
  if (flag !== undefined) refuse("one layer's map as it is", flag);
}
