/** @file Errors that come through to the end: in words, and told apart by whose fault they are. */

import { mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../../src/cli/terminal/failure.js";
import { isSystemError, meetsAllFiles, systemReason } from "../../../src/files/system-error.js";
import { FoveaError } from "../../../src/foundation/error.js";

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

describe("a failure", () => {
  it("of the input is the sentence of its error", () => {
    expect(failureOf(new FoveaError("bad-input", "a: expected b, got c"))).toEqual({
      message: "a: expected b, got c",
      isInternal: false,
    });
  });

  it("of the system names the file and what was met", () => {
    const folder = mkdtempSync(join(tmpdir(), "fovea-"));
    const error = thrownBy(() => readFileSync(join(folder, "gone")));
    rmdirSync(folder);
    const expected = `${join(folder, "gone")}: open: expected a file or a device that can be used, got no such file`;
    expect([isSystemError(error), failureOf(error).message]).toEqual([true, expected]);
  });

  it.each<[string, () => unknown]>([
    ["an array that is too long", () => new Float32Array(2 ** 53 - 1)],
    ["a list that is too long", () => Array.from({ length: 2 ** 32 })],
    ["a buffer that is too long", () => Buffer.alloc(2 ** 53 - 1)],
    ["memory that there is not", () => new ArrayBuffer(2 ** 52)],
    ["a text that is too long", () => "x".repeat(2 ** 30)],
  ])("of memory is no fault of Fovea: %s", (_, action) => {
    const { message, isInternal } = failureOf(thrownBy(action));
    expect([message, isInternal]).toEqual([expect.stringContaining("expected work that fits into memory"), false]);
  });

  it("of input that is nested too deeply is none either", () => {
    const nest = (): unknown => [nest()];
    expect(failureOf(thrownBy(nest)).message).toContain("nested too deeply");
  });

  it("of a part that cannot be loaded says what to do", async () => {
    const gone = "./there-is-no-such-file.js";
    const error = await import(gone).catch((reason: unknown) => reason);
    const { message } = failureOf(Object.assign(new Error("x"), { code: "ERR_MODULE_NOT_FOUND" }, error));
    expect(message).toContain("install Fovea again, or allow more open files");
  });

  it.each([new TypeError("x is undefined"), new Error("internal: two of one name"), "a text"])(
    "of anything else is a fault of Fovea: %s",
    (error) => {
      const { message, isInternal } = failureOf(error);
      expect(isInternal).toBe(true);
      expect(message).toMatch(
        /^a fault of Fovea, not of its input: .*: please report it with the command; with FOVEA_DEBUG=1/,
      );
    },
  );
});

it("a full disk stands in the way of all files, a protected one only in its own", () => {
  const unwritable = (code: string) =>
    new FoveaError("unwritable", "a", { cause: Object.assign(new Error(code), { code }) });
  expect(["ENOSPC", "EROFS", "EDQUOT", "EACCES", "EISDIR"].map((code) => meetsAllFiles(unwritable(code)))).toEqual([
    ...[true, true, true],
    ...[false, false],
  ]);
  expect(meetsAllFiles(new FoveaError("bad-file", "a"))).toBe(false);
});

it("codes of the system without a word of ours keep their message", () => {
  const error = Object.assign(new Error("EWHATEVER: odd"), { code: "EWHATEVER", syscall: "write" });
  expect(systemReason(error)).toBe("EWHATEVER: odd");
});
