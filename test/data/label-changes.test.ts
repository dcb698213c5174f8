/** @file What people say of labels: written, read back, and refused in one sentence where it does not fit the data. */

import { describe, expect, it } from "vitest";
import { acceptedChanges, writeLabelChanges } from "../../src/data/label-changes.js";

const labels: Readonly<Record<string, string>> = { "cat/1.jpg": "cat", 'dog/"a", b.jpg': "dog", "dog/2.jpg": "dog" };
const data = { classes: ["cat", "dog", "fox, red"], labelOf: (path: string) => labels[path] };
const accept = (text: string) => acceptedChanges(text, "changes.csv", data);
const header = "path,old,new,verdict\n";

describe("acceptedChanges(text, where, data)", () => {
  it("reads back what was written, names with commas and quotes included", () => {
    const changes = [
      { path: 'dog/"a", b.jpg', old: "dog", new: "fox, red", verdict: "label wrong" },
      { path: "cat/1.jpg", old: "cat", new: "dog", verdict: "model wrong" },
      { path: "dog/2.jpg", old: "dog", new: "cat" },
    ] as const;
    expect(accept(writeLabelChanges(changes))).toEqual([changes[0]]);
  });

  it("is guarded against spreadsheets that compute names, and reads the names as they were", () => {
    const names = ["=HYPERLINK(1).jpg", "+1.jpg", "-1.jpg", "@a.jpg", "\tb.jpg", "'=c.jpg", "'d.jpg"];
    const changes = names.map((path) => ({ path, old: "cat", new: "dog", verdict: "label wrong" }) as const);
    const text = writeLabelChanges(changes);
    const firsts = text.split("\r\n").slice(1, -1);
    expect(firsts.filter((line) => /^"?[=+\-@\t\r]/.test(line))).toEqual([]);
    const all = { classes: ["cat", "dog"], labelOf: () => "cat" };
    expect(acceptedChanges(text, "changes.csv", all)).toEqual(changes);
  });

  it("changes only what has the verdict that the label is wrong", () => {
    const rows = ["cat/1.jpg,cat,dog,unclear", "dog/2.jpg,dog,cat,Label  wrong"];
    expect(accept(header + rows.join("\n")).map(({ path }) => path)).toEqual(["dog/2.jpg"]);
    expect(accept(`${header}cat/1.jpg,cat,,model wrong`)).toEqual([]);
    expect(accept(header)).toEqual([]);
  });

  it("takes columns in any order, and others beside them", () => {
    const text = "note;verdict;new;old;path\nsee mail;label wrong;dog;cat;cat/1.jpg";
    expect(accept(text)).toEqual([{ path: "cat/1.jpg", old: "cat", new: "dog", verdict: "label wrong" }]);
  });

  it.each([
    ["", "changes.csv: columns: expected path, old, new, verdict, got an empty file"],
    ["path,label\n", 'changes.csv: columns: expected path, old, new, verdict, got "path, label"'],
    [`${header}cat/1.jpg,cat,dog`, "changes.csv: line 2: expected 4 fields, got 3"],
    [`${header}cat/9.jpg,cat,dog,label wrong`, 'line 2: path: expected an image of the data, got "cat/9.jpg"'],
    [`${header}cat/1.jpg,dog,cat,label wrong`, 'old: expected the present label of cat/1.jpg, cat, got "dog"'],
    [`${header}cat/1.jpg,cat,wolf,label wrong`, 'line 2: new: expected a class of the data, got "wolf"'],
    [`${header}cat/1.jpg,cat,wolf,unclear`, 'line 2: new: expected a class of the data, got "wolf"'],
    [`${header}cat/1.jpg,cat,,label wrong`, 'line 2: new: expected a class of the data, got ""'],
    [`${header}cat/1.jpg,cat,cat,label wrong`, 'line 2: new: expected another class than the old one, got "cat"'],
    [
      `${header}cat/1.jpg,cat,dog,yes`,
      'line 2: verdict: expected label wrong, model wrong, unclear, or nothing, got "yes"',
    ],
    [
      `${header}cat/1.jpg,cat,dog,unclear\ndog/2.jpg,dog,cat,\ncat/1.jpg,cat,dog,label wrong`,
      "changes.csv: line 4: path: expected each image once, got cat/1.jpg as in line 2",
    ],
  ])("refuses %j in one sentence", (text, message) => {
    expect(() => accept(text)).toThrow(message);
  });
});
