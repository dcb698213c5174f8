/** @file The parser of DICOM files, which its package exports as a whole. */

import * as parser from "dicom-parser";

/** Where modules of the older kind are imported, all that they export is their default. */
const whole: { readonly default?: typeof parser } & typeof parser = parser;

export default whole.default ?? parser;
