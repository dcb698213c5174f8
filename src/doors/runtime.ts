/** @file Door `fovea/runtime`: what a runtime is, and type inference with one. */

export { inferTypes, settleSizes } from "../runtime/infer-types.js";
export type { Runtime, Session, SessionOptions } from "../runtime/session.js";
export { settleControlFlow } from "../runtime/settle.js";
