#!/usr/bin/env node
/** @file The command line. Even where none of its other files can be loaded, it says so in one line. */

try {
  const { runProgram } = await import("./program.js");
  await runProgram();
} catch (error) {
  const got = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
  const way = "install Fovea again, or allow more open files (ulimit -n)";
  process.stderr.write(`fovea: a part of Fovea: expected files that can be loaded, got: ${got}: ${way}\n`);
  process.exit(2);
}

export {};
