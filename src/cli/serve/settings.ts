/** @file What `fovea serve` does unless its options say otherwise. */

export const usualSettings = {
  host: "127.0.0.1",
  port: 8080,
  /** At most; a machine with fewer cores has one for each. */
  workers: 4,
  maxBatch: 8,
  maxDelay: 2,
  maxQueue: 256,
  maxInstances: 64,
  maxBody: 32e6,
  maxPixels: 40_000_000,
  deadline: 30_000,
} as const;
