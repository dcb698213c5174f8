/** @file A process that runs the compiled command line again and again, each time as if it had just been started. */

import { pathToFileURL } from "node:url";

for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);
let runs = 0;

process.on("message", async ({ main, args, folder, env, end }) => {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  try {
    // The query makes the entry point run anew; what it imports stays loaded, which is what saves time.
    await import(`${pathToFileURL(main)}?run=${runs++}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
  process.removeAllListeners("SIGINT");
  // Rejections that nobody waits for are reported after the current turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(end);
  process.stderr.write(end);
  process.send?.(process.exitCode ?? 0);
});
