/**
 * @file Prints the list of all that is in the package, or is installed with it, as CycloneDX: `npm run -s sbom > sbom.cdx.json`.
 * npm makes it from package-lock.json; what only develops Fovea is left out, unless the builds hold some of it.
 */

import { componentList } from "../../test/house/components.js";
import { allBundled } from "../../test/house/notices.js";

console.log(JSON.stringify(componentList(allBundled()), null, 2));
