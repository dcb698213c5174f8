/** @file Class names in every usual form of file. */

import { describe, expect, it } from "vitest";
import { labelFilesAmong } from "../../../src/model/labels/label-files.js";
import { fittingLabels } from "../../../src/model/labels/labels.js";
import { readLabels } from "../../../src/model/labels/read-labels.js";

const names = ["cat", "dog", "sea lion"];

/** The three names as each tool writes them. */
const forms: Readonly<Record<string, string>> = {
  "lines with blank ones, trailing spaces and Windows' ends": "\r\ncat  \r\n\r\ndog\r\nsea lion\r\n\r\n",
  "lines with comments and a byte order mark": "\ufeff# classes\ncat\n// pets\ndog\nsea lion\n",
  "lines in quotes": "'cat',\n'dog',\n'sea lion'\n",
  "lines behind their numbers": "0 cat\n1 dog\n2 sea lion\n",
  "lines behind their numbers, with colons, in another order": "2:sea lion\n0:cat\n1: dog\n",
  "lines behind numbers from 1 on": "1. cat\n2. dog\n3. sea lion\n",
  "lines before their numbers": "cat 0\ndog 1\nsea lion 2\n",
  "CSV with a header": "id,name\n0,cat\n1,dog\n2,sea lion\n",
  "CSV with its columns the other way round, quoted": '"class","index"\n"sea lion","2"\n"cat","0"\n"dog","1"\n',
  "CSV with a number for every row that pandas wrote": ",label\n0,cat\n1,dog\n2,sea lion\n",
  "CSV without a header": "cat,0\ndog,1\nsea lion,2\n",
  "CSV with semicolons and words of another language": "nr;nom\n0;cat\n1;dog\n2;sea lion\n",
  "TSV with more columns": "index\tname\tcolour\n0\tcat\tred\n1\tdog\tred\n2\tsea lion\tblue\n",
  "a JSON list": JSON.stringify(names),
  "a JSON table by index": '{"2": "sea lion", "0": "cat", "1": "dog"}',
  "a JSON table by name, as Keras' class_indices": '{"cat": 0, "dog": 1, "sea lion": 2}',
  "a JSON list of objects": '[{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}, {"id": 2, "name": "sea lion"}]',
  "Keras' imagenet_class_index.json": '{"0": ["n1", "cat"], "1": ["n2", "dog"], "2": ["n3", "sea lion"]}',
  "Teachable Machine's metadata.json": JSON.stringify({ tmVersion: "2.4.5", labels: names, imageSize: 224 }),
  "Hugging Face's config.json": JSON.stringify({ model_type: "vit", id2label: { 0: "cat", 1: "dog", 2: "sea lion" } }),
  "Hugging Face's config.json with label2id alone": JSON.stringify({ label2id: { dog: 1, cat: 0, "sea lion": 2 } }),
  "timm's config.json": JSON.stringify({
    label_names: ["a", "b", "c"],
    label_descriptions: { a: "cat", b: "dog", c: "sea lion" },
  }),
  "YAML with a table": "path: ../data\nnc: 3\nnames:\n  0: cat\n  1: dog  # barks\n  2: sea lion\n",
  "YAML with a list": "nc: 3\nnames: ['cat', dog, \"sea lion\"]\n",
  "YAML that is a list": "- cat\n- dog\n- sea lion\n",
  "a dict of Python": "{0: 'cat', 1: \"dog\", 2: 'sea lion'}",
  "a dict of Python over several lines": "{0: 'cat',\n 1: 'dog',  # barks\n 2: 'sea lion',\n}\n",
  "a tuple of Python": "CLASSES = ('cat', 'dog', 'sea lion')\n",
  "an OrderedDict of Python": "OrderedDict([(0, 'cat'), (1, 'dog'), (2, 'sea lion')])",
  "an object of JavaScript":
    "export const NAMES: Record<number, string> = {\n  0: 'cat',\n  1: 'dog', // barks\n  2: 'sea lion'\n};\n",
  "a label map of TensorFlow":
    "item {\n  id: 2\n  name: 'dog'\n}\nitem {\n  name: \"/m/1\"\n  id: 1\n  display_name: \"cat\"\n}\nitem {\n id: 3 name: 'sea lion' }\n",
};

describe("readLabels", () => {
  it.each(Object.entries(forms))("reads %s", async (_, text) => {
    expect((await readLabels(text, "labels"))[0]?.names).toEqual(names);
  });

  it.each<[string, Uint8Array]>([
    ["UTF-8", new TextEncoder().encode("chat\nchâtaigne\n")],
    ["UTF-8 with a mark", new TextEncoder().encode("\ufeffchat\nchâtaigne\n")],
    ["UTF-16, little end first", utf16("\ufeffchat\r\nchâtaigne\r\n", true)],
    ["UTF-16, big end first", utf16("\ufeffchat\r\nchâtaigne\r\n", false)],
    ["UTF-16 without a mark", utf16("chat\r\nchâtaigne\r\n", true)],
    ["UTF-16 without a mark, big end first", utf16("chat\r\nchâtaigne\r\n", false)],
    ["Latin-1", Uint8Array.from("chat\nchâtaigne\n", (letter) => letter.charCodeAt(0))],
  ])("reads %s", async (_, bytes) => {
    expect((await readLabels(bytes, "labels"))[0]?.names).toEqual(["chat", "châtaigne"]);
  });

  it("keeps commas, numbers and colons that belong to names", async () => {
    for (const lines of [
      ["tabby, tabby cat", "tench, Tinca tinca"],
      ["7 up", "8 ball", "9 pin"],
      ["0", "1", "2"],
      ["cat: Felis catus", "dog: Canis familiaris"],
      ["jack-o'-lantern", "black & tan"],
    ]) {
      expect((await readLabels(`${lines.join("\n")}\n`, "labels"))[0]).toEqual({ names: lines });
    }
    expect((await readLabels("{0: \"it's\", 1: 'a \"b\"', 2: 'c\\'d'}", "labels"))[0]?.names).toEqual([
      "it's",
      'a "b"',
      "c'd",
    ]);
    expect((await readLabels('{"id2label": {"0": 7, "1": 9}}', "labels"))[0]?.names).toEqual(["7", "9"]);
  });

  it("tells WordNet's ids from names, in lists, CSV and JSON", async () => {
    const labels = { names: ["tabby, tabby cat", "tench"], ids: ["n02123045", "n01440764"] };
    for (const text of [
      "n02123045 tabby, tabby cat\nn01440764 tench\n",
      "0 n02123045 tabby, tabby cat\n1 n01440764 tench\n",
      'index,id,name\n1,n01440764,tench\n0,n02123045,"tabby, tabby cat"\n',
      '{"0": ["n02123045", "tabby, tabby cat"], "1": ["n01440764", "tench"]}',
    ]) {
      expect((await readLabels(text, "labels"))[0]).toEqual(labels);
    }
    expect((await readLabels("n02123045\nn01440764\n", "labels"))[0]?.ids).toEqual(labels.ids);
  });

  it("offers further readings, of which the number of classes decides", async () => {
    const fitting = async (text: string, count: number) =>
      fittingLabels(await readLabels(text, "labels"), (each) => each === count)?.names;
    expect(await fitting("name\ncat\ndog\n", 2)).toEqual(["cat", "dog"]);
    expect(await fitting("name\ncat\ndog\n", 3)).toEqual(["name", "cat", "dog"]);
    expect(await fitting("#1\ncat\n", 2)).toEqual(["#1", "cat"]);
    expect(await fitting("cat\n\ndog\n", 3)).toEqual(["cat", "1", "dog"]);
    const map = "item { id: 1 name: 'cat' }\nitem { id: 3 name: 'dog' }";
    expect(await fitting(map, 2)).toEqual(["cat", "dog"]);
    expect(await fitting(map, 4)).toEqual(["background", "cat", "2", "dog"]);
  });

  it.each<[string, string | Uint8Array]>([
    ["nothing", "\n \n"],
    ["a list of nothing", "[null, null]"],
    ["broken JSON", '{"0": "cat",'],
    ["bytes", Uint8Array.of(8, 7, 18, 0, 7, 112, 0, 1, 2)],
    ["two classes of one number", '[{"id": 0, "name": "cat"}, {"id": 0, "name": "dog"}]'],
  ])("refuses %s, and names the forms that are read", async (_, source) => {
    await expect(readLabels(source, "names.dat")).rejects.toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(
        /^names\.dat: class names: expected one name per line, CSV, YAML, .* or JSON, got "/,
      ),
    });
  });
});

describe("labelFilesAmong(files)", () => {
  it("knows the usual names, the surest first, and leaves other files alone", () => {
    const files = ["coco.names", "model.onnx", "notes.txt", "vit_class_names.txt", "synset.txt", "labels.txt"];
    expect(labelFilesAmong([...files, "class_indices.json", "imagenet_class_index.json", "photo.jpg"])).toEqual([
      "labels.txt",
      "class_indices.json",
      "synset.txt",
      "imagenet_class_index.json",
      "vit_class_names.txt",
      "coco.names",
    ]);
  });
});

function utf16(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), little);
  return new Uint8Array(view.buffer);
}
