/** @file Entry `fovea/runtime/node`: the runtime on Node. */

export { createNodeRuntime, type NodeDevice, type NodeRuntimeOptions, nodeDevices } from "../runtime/node.js";
