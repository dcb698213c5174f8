/** @file The runtime of all tests. */

import { createNodeRuntime } from "../../src/runtime/node.js";

/** One thread: two test files that wait busily for each other's cores take longer than two that do not. */
export const runtime = createNodeRuntime({ device: "cpu", threads: 1 });
