/** @file The options that decide what a part holds: the same in all parts. */

/** Say where results go and how they are told, not what they are. */
const others = new Set(["out", "json", "jsonl", "quiet", "shard", "workers"]);

export function settingsOf(flags: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => !others.has(name)));
}
