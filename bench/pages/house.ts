/** @file Writes the tables and the picture of the house into CONTRIBUTING.md, docs/architecture.md and docs/library.md. `npm run house` */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../test/house/imports.js";
import { pages } from "../../test/house/pages.js";

for (const [path, text] of pages()) writeFileSync(join(root, path), text);
