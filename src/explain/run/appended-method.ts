/** @file A method that is part of a graph. */

import type { Builder } from "../../onnx/builder.js";
import type { CamInputs, CamMethod, CamOutputs } from "../method.js";

/** A method whose nodes were appended to a graph. */
export interface AppendedMethod extends CamOutputs {
  readonly method: CamMethod;
  /** Appends to the same graph. */
  readonly tail: Builder;
  readonly inputs: CamInputs;
}
