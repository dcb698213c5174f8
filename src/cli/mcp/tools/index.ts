/** @file The tools, in the order in which clients see them. */

import type { Tool } from "../tool.js";
import { evaluateModel } from "./evaluate-model.js";
import { explainImage } from "./explain-image.js";
import { inspectModel } from "./inspect-model.js";
import { listMethods } from "./list-methods.js";
import { writeReport } from "./write-report.js";

export const tools: readonly Tool[] = [explainImage, inspectModel, listMethods, evaluateModel, writeReport];
