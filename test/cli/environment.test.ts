/** @file The environment variables of the command line. */

import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../src/cli/environment.js";

describe("readEnvironment", () => {
  it("takes threads that are a whole number from 1 on, and nothing else", () => {
    for (const [said, threads] of [
      ["1", 1],
      ["8", 8],
      ["0", undefined],
      ["-2", undefined],
      ["1.5", undefined],
      ["many", undefined],
      ["", undefined],
      [undefined, undefined],
    ] as const) {
      expect(readEnvironment({ FOVEA_THREADS: said }).threads).toBe(threads);
    }
  });

  it("takes the device that is said, whose name is checked where it is used", () => {
    const said = ["webgpu", "abacus", "", undefined];
    expect(said.map((each) => readEnvironment({ FOVEA_DEVICE: each }).device)).toEqual([
      "webgpu",
      "abacus",
      undefined,
      undefined,
    ]);
  });

  it("takes the folder of the datasets, where it is not empty", () => {
    expect(readEnvironment({ FOVEA_DATA: "data" }).dataFolder).toBe("data");
    expect(readEnvironment({ FOVEA_DATA: "" }).dataFolder).toBeUndefined();
    expect(readEnvironment({}).dataFolder).toBeUndefined();
  });

  it("tells where faults arose only if FOVEA_DEBUG says so", () => {
    const said = [undefined, "", "0", "1", "yes"];
    expect(said.map((each) => readEnvironment({ FOVEA_DEBUG: each }).debug)).toEqual([false, false, true, true, true]);
  });

  it("finds the cache by FOVEA_CACHE, else by XDG_CACHE_HOME, else in the user's folder", () => {
    const variables = { FOVEA_CACHE: "mine", XDG_CACHE_HOME: "caches" };
    expect(readEnvironment(variables).cacheFolder).toBe("mine");
    expect(readEnvironment({ ...variables, FOVEA_CACHE: "" }).cacheFolder).toBe(join("caches", "fovea"));
    expect(readEnvironment({ XDG_CACHE_HOME: "" }).cacheFolder).toBe(join(homedir(), ".cache", "fovea"));
    expect(readEnvironment({}).cacheFolder).toBe(join(homedir(), ".cache", "fovea"));
  });
});
