/** @file Writes THIRD-PARTY-NOTICES.md and docs/licences.md from what the builds of the page and of the element hold. `npm run notices` */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../test/house/imports.js";
import { allBundled, licencesPage, noticesPage } from "../../test/house/notices.js";

writeFileSync(join(root, "THIRD-PARTY-NOTICES.md"), noticesPage(allBundled()));
writeFileSync(join(root, "docs/licences.md"), licencesPage(allBundled()));
