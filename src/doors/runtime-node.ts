/** @file Entry `fovea/runtime/node`: the runtime on Node. */

export { nodeRuntime } from "../runtime/node.js";
