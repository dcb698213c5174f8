/** @file Numbers as people write them. */

/** 60000 as `60,000`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
