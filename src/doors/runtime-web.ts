/** @file Entry `fovea/runtime/web`: the runtime in a page or worker. */

export { createWebRuntime, type WebProvider, type WebRuntime, type WebRuntimeOptions } from "../runtime/web.js";
