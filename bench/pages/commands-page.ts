/** @file Writes docs/commands.md from what the commands say of themselves. `npm run commands` */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../test/house/imports.js";
import { commandsPage } from "../../test/support/docs/commands-page.js";

writeFileSync(join(root, "docs/commands.md"), await commandsPage());
