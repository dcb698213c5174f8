/** @file Texts become the numbers that the tokenizers of the networks' makers give (`test/reference/image_text.py`). */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openTokenizer } from "../../../src/model/texts/tokenizer.js";
import { everything } from "../../support/share.js";
import { otherTokens } from "../../support/texts.js";

const folder = "test/fixtures/image-text";

interface Cases {
  readonly length: number;
  readonly ids: readonly (readonly number[])[];
}
const goldens: { readonly texts: readonly string[]; readonly clip: Cases; readonly siglip: Cases } = JSON.parse(
  readFileSync(`${folder}/tokens.json`, "utf8"),
);

const words = (vocab: Readonly<Record<string, number>>, more: object = {}) => ({
  where: "tokenizer.json",
  tokenizer: { pre_tokenizer: { type: "WhitespaceSplit" }, model: { type: "WordLevel", vocab, ...more } },
});

describe.each(["clip", "siglip"] as const)("the tokenizer of %s", (name) => {
  it.runIf(everything)("gives its makers' numbers for 1,000 texts, with the end where one is cut", async () => {
    const { length, ids } = goldens[name];
    const cut = ids.filter((each) => each.length === length).length;
    expect([goldens.texts.length, cut > 100]).toEqual([1000, true]);
    expect(await otherTokens(`${folder}/${name}`, goldens.texts, goldens[name])).toEqual([]);
  });
});

describe("a tokenizer of whole words", () => {
  it("knows words of any length, and none by their parts", async () => {
    const long = "a".repeat(300);
    const tokenizer = await openTokenizer(words({ red: 1, dog: 2, reddog: 3, [long]: 4 }));
    expect(tokenizer.encode(`red dog reddog ${long}`)).toEqual([1, 2, 3, 4]);
    expect(() => tokenizer.encode("dogred")).toThrow(/got "dogred"/);
  });

  it("names a word that it does not know, and those that it does", async () => {
    const plain = await openTokenizer(words({ "[PAD]": 0, red: 1, circle: 2 }));
    const told = 'text: expected words that the model knows (circle, red), got "dog"';
    expect(() => plain.encode("red dog")).toThrow(told);
    const unknown = await openTokenizer(words({ "[UNK]": 0, red: 1, circle: 2 }, { unk_token: "[UNK]" }));
    expect(() => unknown.encode("red dog")).toThrow(told);
    const many = await openTokenizer(words(Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`w${i}`, i]))));
    expect(() => many.encode("dog")).toThrow('(the 1,200 of its vocabulary), got "dog"');
  });

  it("takes the first limit that is one, and the padding by its name", async () => {
    const files = words({ red: 1, end: 7 });
    const open = async (more: object, config: object) => {
      const { longest, padding } = await openTokenizer({
        ...files,
        tokenizer: { ...files.tokenizer, ...more },
        config: { ...config },
      });
      return [longest, padding];
    };
    expect(await open({}, {})).toEqual([undefined, 0]);
    expect(await open({ truncation: { max_length: 12 }, padding: { pad_id: 3 } }, { model_max_length: 1e30 })).toEqual([
      12, 3,
    ]);
    expect(
      await open({ truncation: { max_length: 12 } }, { model_max_length: 9, pad_token: { content: "end" } }),
    ).toEqual([9, 7]);
  });
});

describe("files that are no tokenizer", () => {
  it("are refused by name", async () => {
    const open = (tokenizer: object) => openTokenizer({ tokenizer: { ...tokenizer }, where: "x/tokenizer.json" });
    await expect(open({})).rejects.toThrow(/^x\/tokenizer.json: expected a tokenizer: /);
    await expect(open({ model: { type: "Magic" } })).rejects.toThrow(
      /^x\/tokenizer.json: expected a tokenizer: .*Magic/,
    );
  });
});
