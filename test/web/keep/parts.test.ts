/** @file What rooms keep of pictures: by places in the kept list, whichever ids the pictures get at the next visit. */

import { describe, expect, it } from "vitest";
import { KeptParts } from "../../../web/src/keep/parts.js";

describe("kept parts", () => {
  /** A room's decisions. */
  function room(values: ReadonlyMap<number, string>) {
    const state = { values };
    const write = (next: ReadonlyMap<number, string>) => {
      state.values = next;
    };
    return { state, part: { read: () => state.values, write } };
  }

  it("are written with places, without what belongs to other pictures", () => {
    const parts = new KeptParts();
    parts.add("decisions", room(new Map([[7, "label"], [8, "model"], [9, "unclear"]])).part); // biome-ignore format: pairs
    expect(parts.read(new Map([[9, 0], [7, 1]]))).toEqual({ decisions: [[1, "label"], [0, "unclear"]] }); // biome-ignore format: pairs
  });

  it("come back to the pictures at those places, but for those that were not opened again", () => {
    const parts = new KeptParts();
    const { state, part } = room(new Map());
    parts.add("decisions", part);
    parts.restore({ decisions: [[0, "unclear"], [1, "label"], [2, "model"]] }, [21, undefined, 23]); // biome-ignore format: pairs
    expect(state.values).toEqual(new Map([[21, "unclear"], [23, "model"]])); // biome-ignore format: pairs
  });

  it("wait for a room that is not open yet, and are kept meanwhile", () => {
    const parts = new KeptParts();
    parts.restore({ decisions: [[0, "label"]] }, [21]);
    expect(parts.read(new Map([[21, 4]]))).toEqual({ decisions: [[4, "label"]] });
    const { state, part } = room(new Map());
    parts.add("decisions", part);
    expect(state.values).toEqual(new Map([[21, "label"]]));
    state.values = new Map([[21, "model"]]);
    expect(parts.read(new Map([[21, 0]]))).toEqual({ decisions: [[0, "model"]] });
  });
});
