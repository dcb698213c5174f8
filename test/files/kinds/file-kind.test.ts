/** @file What files are by their first bytes. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { writeNpy } from "../../../src/data/npy.js";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { refuseAddress } from "../../../src/files/address.js";
import { describeFile, recogniseFile } from "../../../src/files/kinds/file-kind.js";
import { startOfFile } from "../../../src/files/kinds/start-of-file.js";
import { float32 } from "../../../src/onnx/tensor.js";

const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** The local header of a zip's first file, with its content. */
function zip(name: string, content = "{}"): string {
  const data = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.write("PK\x03\x04", "latin1");
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt32LE(content.length, 22);
  header.writeUInt16LE(name.length, 26);
  return header.toString("latin1") + name + data.toString("latin1");
}

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:a1\nsize 46327\n";

describe("recogniseFile(head, name)", () => {
  it.each([
    ["m.onnx", pointer, "a Git LFS pointer to a file of 46327 bytes", "other"],
    ["m.pt", pointer, "a Git LFS pointer to a file of 46327 bytes", "other"],
    ["m.onnx", "/annex/objects/SHA256E-s1--a.onnx\n", "a git-annex pointer", "other"],
    ["m.onnx", "\n<!DOCTYPE html>\n<html>", "a web page (HTML)", "other"],
    ["m.onnx", "\u00ef\u00bb\u00bf<!-- saved -->\n<HTML lang=en>", "a web page (HTML)", "other"],
    [
      "m.onnx",
      '<?xml version="1.0"?>\n<Error><Code>AccessDenied',
      "an error that a server answered with (XML)",
      "other",
    ],
    ["m.onnx", "", "an empty file of 0 bytes", "other"],
    ["m.bin", zip("model/data.pkl"), "a pickled PyTorch file", "foreign"],
    ["m.onnx", zip("archive/version", "3\n"), "a pickled PyTorch file", "foreign"],
    ["m.onnx", zip("m/code/__torch__.py"), "a pickled PyTorch file", "foreign"],
    ["m.pt", zip("m/data/0"), "a pickled PyTorch file", "foreign"],
    ["m.zip", zip("m/data/0.png"), 'a zip archive that begins with "m/data/0.png"', "other"],
    ["m", "\x80\x04\x95\0", "a pickled PyTorch file", "foreign"],
    ["m", '\x40\0\0\0\0\0\0\0{"w":{}}', "weights without a network", "foreign"],
    ["m", "GGUF\x03\0\0\0", "a GGUF file: weights without a network", "foreign"],
    ["m", "\x1c\0\0\0TFL3\x14\0", "a TensorFlow Lite file", "foreign"],
    ["m", "\x18\0\0\0ORTM\0", "a file of onnxruntime's own format", "foreign"],
    ["m", "ftrt\0\0", "a TensorRT engine", "foreign"],
    ["m.engine", '\x40\x01\0\0{"description": "', "a TensorRT engine", "foreign"],
    ["m.onnx", "\n\x3e\n\x05input\x12\x0bPlaceholder", "a frozen TensorFlow graph", "foreign"],
    ["m.onnx", "\n\xbe\x0a\n\x05input\x12\x0bPlaceholder", "a frozen TensorFlow graph", "foreign"],
    ["m.onnx", "\x08\x01\x12\xa1\x9d\x03\n\xb4\x12\x12\xa9", "a TensorFlow SavedModel", "foreign"],
    ["m.onnx", "\x08\x04\x12\xd1\x01\n\x30\n\x05image", "a Core ML model", "foreign"],
    ["m.xml", '<?xml version="1.0"?>\n<net name="m" version="11">', "an OpenVINO network", "foreign"],
    ["m", "7767517\n75 83\n", "an ncnn network", "foreign"],
    ["m", "[net]\nbatch=1\n", "a Darknet network", "foreign"],
    ["m.caffemodel", "\n\x09\0\x01", "a Caffe model", "foreign"],
    ["m.onnx", zip("config.json"), "a .keras file", "zip"],
    ["m.keras", "\x89HDF\r\n\x1a\n\0", "an HDF5 file", "hdf5"],
    ["m.pt", "\x08\x07\x12\x07pytorch\x1a\x052.1.0", "an ONNX model", "onnx"],
    ["m", "\x08\x08:\x86\x01\n", "an ONNX model", "onnx"],
    ["x.pb", "\x08\x01\x08\x03\x08\xe0\x01\x08\xe0\x01\x10\x01\x4a\x80", "an ONNX tensor, not a model", "array"],
    ["x.npy", zip("arr_0.npy"), "an archive of arrays (.npz)", "array"],
    ["m.onnx", zip("model.onnx"), 'a zip archive that begins with "model.onnx"', "other"],
    ["m.onnx", "\x1f\x8b\x08\0", "a gzip archive", "other"],
    ["m.onnx", `${"a".repeat(257)}ustar\0`, "a tar archive", "other"],
    ["a.jpg", `${"\0".repeat(128)}DICM`, "a DICOM file", "picture"],
    ["a.jpg", "\0\0\0\x18ftypmp42", "a video", "other"],
    ["m.onnx", "\x89PNG\r\n\x1a\n", "a PNG picture", "picture"],
    ["m.onnx", '<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="1">', "an SVG picture", "picture"],
  ])("tells %s that begins %j", (name, start, what, holds) => {
    expect(recogniseFile(latin(start), name)).toMatchObject({ what, holds });
  });

  it("knows whole files of its own", () => {
    expect(recogniseFile(startOfFile(embeddedModelPath) ?? latin(""))?.holds).toBe("onnx");
    expect(recogniseFile(readFileSync(fixture("keras/nested_deep/model.keras")))?.holds).toBe("zip");
    expect(recogniseFile(readFileSync(fixture("keras/nested_deep/model.h5")))?.holds).toBe("hdf5");
    expect(recogniseFile(writeNpy(float32([1], [1])))?.holds).toBe("array");
  });

  it.each(["Dear diary", '{"a": 1}', "\0\x01\x02\xff", "\n\n\nlines", "MZ of text", "BMs are text", "cat\ndog\n"])(
    "knows nothing of %j",
    (start) => {
      expect(recogniseFile(latin(start), "names.txt")).toBeUndefined();
    },
  );
});

describe("describeFile(head, name)", () => {
  it("names the file in its advice", () => {
    expect(describeFile(latin(zip("a.npy")), "x.npz")).toContain('numpy.load("x.npz")');
    expect(describeFile(latin(pointer), "m.onnx")).toMatch(/: git lfs pull$/);
  });

  it("says how what it does not know begins", () => {
    expect(describeFile(latin("Dear diary,\ntoday"), "a")).toBe('text that begins "Dear diary,\\ntoday"');
    expect(describeFile(latin("\0\x01"), "a")).toBe("something else");
  });
});

describe("refuseAddress(path)", () => {
  it.each([
    ["https://x.org/m.onnx", "curl -L -O https://x.org/m.onnx"],
    ["https://github.com/a/b/blob/main/m.onnx", "curl -L -O https://github.com/a/b/raw/main/m.onnx"],
    ["https://huggingface.co/a/b/blob/main/m.onnx", "curl -L -O https://huggingface.co/a/b/resolve/main/m.onnx"],
    ["s3://bucket/m.onnx", "download it first"],
    ["file:///tmp/m.onnx", "give its path"],
  ])("says what to do about %s", (address, advice) => {
    expect(() => refuseAddress(address)).toThrow(`${address}: expected a file, got an address, which is not fetched: `);
    expect(() => refuseAddress(address)).toThrow(advice);
  });

  it.each(["m.onnx", "C:\\models\\m.onnx", "a:b.png", "/tmp//x", "./http:/x"])("leaves the path %s", (path) => {
    expect(() => refuseAddress(path)).not.toThrow();
  });
});
