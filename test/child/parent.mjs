/** @file A process with a child: `node parent.mjs idle` asks it once and is done, `node parent.mjs hang` says its number and waits. */

import { Child } from "../../dist/child/child.js";

const child = new Child({ name: "the child", module: new URL("./mortal.mjs", import.meta.url) });
process.stdout.write(`${await child.ask("echo", "ready", { doing: "answering" })} ${child.pid}\n`);
if (process.argv[2] === "hang") await child.ask("hang", undefined, { doing: "hanging" });
