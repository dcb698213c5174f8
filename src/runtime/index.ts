/** @file Door `fovea/runtime`: what a runtime is, and type inference with one. */

export { inferTypes } from "./infer-types.js";
export type { Runtime, Session, SessionOptions } from "./session.js";
export { settleControlFlow } from "./settle.js";
