/** @file The names of standard output among paths. */

/** The path of standard output. */
export const standardOutput = "-";

/** Its names as a file: opened anew, it would hold results and texts one over the other. */
const otherNames: readonly string[] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** Whether what is written there comes out of the command. */
export function isStandardOutput(path: string): boolean {
  return path === standardOutput || otherNames.includes(path);
}

/** A path with the one name for standard output. */
export function outputNamed(path: string): string {
  return isStandardOutput(path) ? standardOutput : path;
}
