/** @file Graphs that onnxruntime refuses only because one of its own rewritings fails. */

import { describe, expect, it } from "vitest";
import { emptyGraph } from "../../src/onnx/graph.js";
import { openedAsAsked } from "../../src/runtime/ort-session.js";

/** Opens what it is given, but not at the levels that fail. */
function opening(...failing: string[]) {
  const levels: string[] = [];
  const open = async (level: string) => {
    levels.push(level);
    if (failing.includes(level)) throw new Error(`${level} fails`);
    return level;
  };
  return { levels, open };
}

describe("openedAsAsked", () => {
  const graph = emptyGraph("g");

  it("opens optimized, and as it is only where that fails", async () => {
    const [works, fails] = [opening(), opening("all")];
    expect(await openedAsAsked(graph, undefined, works.open)).toBe("all");
    expect(await openedAsAsked(graph, undefined, fails.open)).toBe("disabled");
    expect([works.levels, fails.levels]).toEqual([["all"], ["all", "disabled"]]);
  });

  it("throws the first error where neither opens", async () => {
    await expect(openedAsAsked(graph, undefined, opening("all", "disabled").open)).rejects.toThrow("all fails");
  });

  it("does what is asked, and nothing else, where something is", async () => {
    await expect(openedAsAsked(graph, true, opening("all").open)).rejects.toThrow("all fails");
    expect(await openedAsAsked(graph, false, opening("all").open)).toBe("disabled");
  });
});
