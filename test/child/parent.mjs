/**
 * @file A process with a child: `node parent.mjs idle` asks it once and is done, `node parent.mjs limit` has it hang until its time is
 * up, `node parent.mjs hang` says its number and waits.
 */

import { Child } from "../../dist/child/child.js";

const [how] = process.argv.slice(2);
const limits = how === "limit" ? { seconds: 0.5 } : {};
const child = new Child({ name: "the child", module: new URL("./mortal.mjs", import.meta.url), ...limits });
const say = (text) => process.stdout.write(`${text}\n`);
if (how === "limit") await child.ask("hang", undefined, { doing: "hanging" }).catch(({ code }) => say(code));
else say(`${await child.ask("echo", "ready", { doing: "answering" })} ${child.pid}`);
if (how === "hang") await child.ask("hang", undefined, { doing: "hanging" });
