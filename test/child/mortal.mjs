/** @file A child that dies on purpose, in every way. */

import { answerParent } from "../../dist/child/answer-parent.js";
import { FoveaError } from "../../dist/foundation/error.js";

let asked = 0;

answerParent({
  echo: (value) => value,
  /** How many requests this process had. */
  count: () => ++asked,
  refuse: (message) => {
    throw new FoveaError("bad-graph", message);
  },
  fail: (message) => {
    throw new Error(message);
  },
  die: (signal) => {
    process.kill(process.pid, signal);
    return new Promise(() => undefined);
  },
  leave: (code) => process.exit(code),
  abort: (words) => {
    process.stderr.write(words);
    return new Promise(() => setTimeout(() => process.abort(), 50));
  },
  hang: () => {
    for (;;);
  },
  /** In small steps, as a model does that holds many values. */
  eat: () => {
    const held = [];
    for (;;) held.push(new Uint8Array(2 ** 24).fill(1));
  },
  wait: (milliseconds) => new Promise((resolve) => setTimeout(() => resolve("waited"), milliseconds)),
});
