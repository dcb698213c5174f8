/** @file What the tests of engines found: a line for each, and whether all passed. */

const failed: string[] = [];

/** Prints what was found. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Notes whether a claim holds. */
export function check(holds: boolean, claim: string): void {
  say(`  ${holds ? "ok    " : "FAILED"} ${claim}`);
  if (!holds) failed.push(claim);
}

/** The claims that did not hold. */
export function failures(): readonly string[] {
  return failed;
}
