/** @file Which classified images are shown, and in which order, also while more are classified. */

import { describe, expect, it } from "vitest";
import {
  Arrangement,
  arrange,
  type Filter,
  noFilter,
  type Order,
  orders,
  type Rule,
} from "../../../web/src/audit/arrangement.js";
import { type Entry, isRight, other } from "../../../web/src/audit/entries.js";
import { entries, entry, folders, ids, nameOf } from "./some-entries.js";

function rule(filter: Partial<Filter>, order: Order = "as given"): Rule {
  const inFacet = (each: Entry) => isRight(each) === false;
  return { filter: { ...noFilter, ...filter }, order, inFacet, folderClasses: folders, nameOf };
}
const shown = (filter: Partial<Filter>) => ids(arrange(entries, rule(filter)));
const ordered = (order: Order) => ids(arrange(entries, rule({}, order)));

describe("arrange(entries, rule)", () => {
  it("keeps all without a filter, in their order", () => {
    expect(shown({})).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("keeps those of the facet", () => {
    expect(shown({ facet: "wrong" })).toEqual([2, 3, 5]);
  });

  it("keeps a true class, a predicted one, or those that no folder has", () => {
    expect(shown({ truth: 0 })).toEqual([1, 2, 5]);
    expect(shown({ truth: 0, predicted: 1 })).toEqual([2, 5]);
    expect(shown({ predicted: other })).toEqual([3, 6]);
  });

  it("keeps confidences between two percentages, both included", () => {
    expect(shown({ least: 60, most: 90 })).toEqual([1, 2, 5]);
  });

  it("finds a text in the names of the file and of both classes, in any case", () => {
    expect(shown({ text: " FOX " })).toEqual([3, 6]);
    expect(shown({ text: "cat" })).toEqual([1, 2, 5]);
    expect(shown({ text: "/4.jpg" })).toEqual([4]);
    expect(shown({ text: "cow" })).toEqual([]);
  });

  it("has the surest errors first, then the others from the unsure on", () => {
    expect(ordered("errors first")).toEqual([5, 2, 3, 6, 1, 4]);
  });

  it("sorts by confidence, and leaves the entries themselves as they are", () => {
    expect(ordered("surest first")).toEqual([4, 1, 5, 2, 6, 3]);
    expect(ordered("least sure first")).toEqual([3, 6, 2, 5, 1, 4]);
    expect(ids(entries)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("Arrangement", () => {
  /** Confidences that come twice, so that the order of equals is seen. */
  const many = Array.from({ length: 60 }, (_, i) => entry(i, i % 2, (i * 7) % 3, ((i * 37) % 20) / 20));

  it.each(orders)("is in groups as it is at once: %s", (order) => {
    const [arrangement, kept] = [new Arrangement(), rule({ least: 20 }, order)];
    for (const end of [0, 1, 10, 10, 35, 60]) {
      const some = many.slice(0, end);
      expect(ids(arrangement.of(some, kept))).toEqual(ids(arrange(some, kept)));
    }
  });

  it("asks only about new entries, and answers with the same list where none is shown", () => {
    const asked: number[] = [];
    const kept: Rule = {
      ...rule({ facet: "wrong" }),
      inFacet: (each) => {
        asked.push(each.picture.id);
        return each.picture.id < 3;
      },
    };
    const arrangement = new Arrangement();
    const before = arrangement.of(entries.slice(0, 4), kept);
    expect(arrangement.of(entries, kept)).toBe(before);
    expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("begins anew with another rule, and where entries have gone", () => {
    const arrangement = new Arrangement();
    const all = rule({});
    arrangement.of(entries, all);
    expect(ids(arrangement.of(entries.slice(1), all))).toEqual([2, 3, 4, 5, 6]);
    expect(ids(arrangement.of([...entries.slice(2), entry(7, 0, 0, 0.5)], all))).toEqual([3, 4, 5, 6, 7]);
    expect(ids(arrangement.of(entries, rule({ truth: 1 })))).toEqual([3, 4]);
  });
});
