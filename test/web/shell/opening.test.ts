/** @file Pictures that are opened in groups, and the subject that is made of one. */

import { describe, expect, it } from "vitest";
import type { OpenedPicture, PictureSource } from "../../../web/src/engine/api.js";
import type { NewPicture } from "../../../web/src/shared/open-picture.js";
import { type OpenedGroup, openGroups, summarizeReasons } from "../../../web/src/shell/open/opening.js";
import { blankSubject, subjectOf } from "../../../web/src/shell/subject.js";

/** A worker that opens all pictures but those called `damaged`. */
function worker() {
  const requests: { readonly names: readonly string[]; readonly unread: boolean }[] = [];
  let id = 0;
  return {
    requests,
    async openPictures(sources: readonly PictureSource[], unread: boolean): Promise<OpenedPicture[]> {
      requests.push({ names: sources.map(({ name }) => name), unread });
      return sources.map(({ name }) =>
        name === "damaged" ? { reason: `${name}: no picture` } : { view: { id: ++id, name, width: 4, height: 3 } },
      );
    },
  };
}

const sources = (count: number): NewPicture[] =>
  Array.from({ length: count }, (_, i) => ({ blob: `/${i}.png`, name: `${i}.png` }));

async function groupsOf(engine: ReturnType<typeof worker>, pictures: readonly NewPicture[]): Promise<OpenedGroup[]> {
  const groups: OpenedGroup[] = [];
  for await (const group of openGroups(engine, pictures)) groups.push(group);
  return groups;
}

describe("openGroups(engine, sources)", () => {
  it("decodes few pictures at once, and keeps their classes and addresses", async () => {
    const engine = worker();
    const [group] = await groupsOf(engine, [
      { blob: "/a.png", name: "a.png", class: "cat" },
      { blob: "/b.png", name: "damaged" },
      { blob: new Blob(["c"]), name: "c.png", drawn: true },
    ]);
    expect(engine.requests).toEqual([{ names: ["a.png", "damaged", "c.png"], unread: false }]);
    expect(group?.pictures).toEqual([
      { id: 1, name: "a.png", width: 4, height: 3, url: "/a.png", file: undefined, class: "cat", drawn: undefined },
      {
        id: 2,
        name: "c.png",
        width: 4,
        height: 3,
        url: expect.stringMatching(/^blob:/),
        file: expect.any(Blob),
        class: undefined,
        drawn: true,
      },
    ]);
    expect(group?.reasons).toEqual(["damaged: no picture"]);
    expect(group?.done).toBe(3);
  });

  it("reads only the headers of many, some with one request, in order", async () => {
    const engine = worker();
    const groups = await groupsOf(engine, sources(70));
    expect(engine.requests.map(({ names, unread }) => [names.length, unread])).toEqual([
      [32, true],
      [32, true],
      [6, true],
    ]);
    expect(groups.map(({ done }) => done)).toEqual([32, 64, 70]);
    expect(groups.flatMap(({ pictures }) => pictures.map(({ name }) => name))).toEqual(
      sources(70).map(({ name }) => name),
    );
  });

  it("decodes up to 24 of them", async () => {
    const [few, more] = [worker(), worker()];
    await groupsOf(few, sources(24));
    await groupsOf(more, sources(25));
    expect([few, more].map(({ requests }) => requests.map(({ unread }) => unread))).toEqual([[false], [true]]);
  });
});

it("summarizeReasons(reasons) has the first two, and how many more there are", () => {
  expect(summarizeReasons(["a", "b"])).toEqual(["a", "b"]);
  expect(summarizeReasons(["a", "b", "c", "d"])).toEqual(["a", "b", "2 more images cannot be opened."]);
});

it("subjectOf(picture) has a key of its own, which the blank subject has not", () => {
  const picture = { id: 7, name: "a.png", url: "/a.png", width: 4, height: 3 };
  expect(subjectOf(picture)).toEqual({ key: "7", picture: 7, name: "a.png", url: "/a.png", width: 4, height: 3 });
  expect(blankSubject).toMatchObject({ key: "blank", url: undefined, picture: { blank: blankSubject.width } });
});
