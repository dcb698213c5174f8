/** @file What of a page is a session, and how it is offered again. */

import { describe, expect, it } from "vitest";
import { canGoOn, type OpenSession, offerOf, sessionOf } from "../../../web/src/keep/session.js";
import type { OpenPicture } from "../../../web/src/shared/open-picture.js";
import { firstView, readView } from "../../../web/src/shell/view.js";

const photo = (id: number, how: Partial<OpenPicture> = {}): OpenPicture => ({
  id,
  name: `photo ${id}.jpg`,
  url: "",
  width: 1,
  height: 1,
  file: new Blob(["12345"]),
  ...how,
});
const files = { files: [new File(["model"], "net.onnx"), new File(["a"], "labels.txt")] };
const open = (how: Partial<OpenSession>): OpenSession => ({
  view: firstView,
  files: undefined,
  pictures: [],
  drawing: [],
  parts: () => ({}),
  ...how,
});

describe("sessionOf(open)", () => {
  it("is nothing where all that is open came with the page", () => {
    expect(sessionOf(open({ pictures: [photo(1, { drawn: true }), photo(2, { file: undefined })] }))).toBeUndefined();
  });

  it("has the user's own files, and places among the user's own pictures", () => {
    const pictures = [photo(1, { drawn: true }), photo(7), photo(9, { class: "cat" })];
    const parts: OpenSession["parts"] = (places) => ({ strokes: [...places] });
    const session = sessionOf(open({ pictures, parts, view: { ...firstView, picture: 2, method: "layer-cam" } }));
    expect(session?.pictures).toEqual([
      { name: "photo 7.jpg", class: undefined, file: pictures[1]?.file },
      { name: "photo 9.jpg", class: "cat", file: pictures[2]?.file },
    ]);
    expect(readView(session?.link ?? "")).toEqual({ ...firstView, picture: 1, method: "layer-cam" });
    expect(session?.parts).toEqual({ strokes: [[7, 0], [9, 1]] }); // biome-ignore format: pairs
  });

  it("has only the names of pictures that are too large together", () => {
    const of = (most: number) => sessionOf(open({ files, pictures: [photo(1), photo(2)] }), most);
    expect(of(10)?.pictures.map(({ file }) => file?.size)).toEqual([5, 5]);
    expect(of(9)?.pictures.map(({ file }) => file)).toEqual([undefined, undefined]);
    expect(of(9)?.model?.files).toEqual(files.files);
  });
});

describe("offerOf(session)", () => {
  const offer = (how: Partial<OpenSession>, most?: number) => {
    const session = sessionOf(open(how), most);
    if (session === undefined) throw new Error("no session");
    return [offerOf(session), canGoOn(session)];
  };
  const two = [photo(1), photo(2)];

  it("names the model, and the photo or how many there are", () => {
    expect(offer({ files })).toEqual(["Go on with net.onnx?", true]);
    expect(offer({ files, pictures: two })).toEqual(["Go on with net.onnx and 2 photos?", true]);
    expect(offer({ pictures: two })).toEqual(["Go on with 2 photos?", true]);
    expect(offer({ pictures: [photo(3)] })).toEqual(["Go on with photo 3.jpg?", true]);
  });

  it("says of pictures that were too large what to do", () => {
    expect(offer({ files, pictures: two }, 1)).toEqual([
      "Go on with net.onnx? Its 2 photos were too large to be kept: open them again.",
      true,
    ]);
    expect(offer({ pictures: two }, 1)).toEqual([
      "The 2 photos of the last visit were too large to be kept: open them again.",
      false,
    ]);
    expect(offer({ pictures: [photo(3)] }, 1)).toEqual([
      "photo 3.jpg of the last visit was too large to be kept: open it again.",
      false,
    ]);
  });
});
