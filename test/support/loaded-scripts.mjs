/** @file Preloaded by a test (`node --import`), notes which scripts a process runs, and writes their addresses when it ends. */

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";

const scripts = [];
const session = new Session();
session.connect();
session.on("Debugger.scriptParsed", ({ params: { url } }) => scripts.push(url));
session.post("Debugger.enable");
process.on("exit", () => writeFileSync(process.env.LOADED_SCRIPTS, JSON.stringify(scripts)));
