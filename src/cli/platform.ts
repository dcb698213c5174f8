/** @file The runtime that all commands compute with. */

import { createNodeRuntime } from "../runtime/node.js";
import { environment } from "./environment.js";

/** One for the process. */
export const runtime = createNodeRuntime({ device: "cpu", threads: environment.threads });
