/** @file Writes docs/methods.md from what the methods say of themselves. `npm run methods` */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { methodsPage } from "../../test/support/goldens/methods-page.js";

writeFileSync(fileURLToPath(new URL("../../docs/methods.md", import.meta.url)), methodsPage());
