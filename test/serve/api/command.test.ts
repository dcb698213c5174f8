/** @file What `fovea serve` refuses, in one line. */

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/explain/node.js";
import { fovea, workFolder } from "../../cli/fovea.js";
import { everything } from "../../support/share.js";

const folder = workFolder();

/** What a call that does not get to listen prints. */
async function refused(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, out, err } = await fovea(folder, ["serve", ...args], { FOVEA_TOKEN: "", ...env });
  expect([code, out]).toEqual([2, ""]);
  expect(err.trim().split("\n")).toHaveLength(1);
  return err.trim();
}

describe("fovea serve refuses", () => {
  it("to listen where others can reach it without a token", async () => {
    const sentence =
      "fovea: --host 0.0.0.0: expected a token where others can reach the server (FOVEA_TOKEN or --token-file), got none";
    expect(await refused([embeddedModelPath, "--host", "0.0.0.0"])).toBe(sentence);
    expect(await refused([embeddedModelPath, "--host", "::"])).toContain("--host ::: expected a token");
  });

  it("tokens that can be guessed, and files that hold none", async () => {
    writeFileSync(join(folder, "token"), "short\n");
    const sentence = "expected a token of at least 16 letters, digits and signs without spaces, got another text";
    expect(await refused([embeddedModelPath, "--token-file", "token"])).toContain(`token: ${sentence}`);
    expect(await refused([embeddedModelPath], { FOVEA_TOKEN: "with a space in it" })).toContain(
      `FOVEA_TOKEN: ${sentence}`,
    );
    expect(await refused([embeddedModelPath, "--token-file", "gone"])).toContain("gone");
  });

  it.runIf(everything)("addresses, ports, names and numbers that are none", async () => {
    expect(await refused([embeddedModelPath, "--host", "no.such.host.invalid"])).toBe(
      "fovea: --host no.such.host.invalid: expected an address of this machine, got another",
    );
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = String(typeof address === "object" ? address?.port : "");
    expect(await refused([embeddedModelPath, "--port", port])).toBe(
      `fovea: --port ${port}: expected a free port of 127.0.0.1, got one that is taken`,
    );
    taken.close();
    expect(await refused([embeddedModelPath, "--name", "a/b"])).toContain(
      '--name: expected letters, digits, dots, - and _, got "a/b"',
    );
    expect(await refused([embeddedModelPath, embeddedModelPath])).toContain(
      '--name: expected another name for each model, got "mnist" twice',
    );
    expect(await refused([embeddedModelPath, "--name", "a", "--name", "b"])).toContain("--name: expected at most 1");
    expect(await refused([embeddedModelPath, "--max-batch", "0"])).toContain(
      "--max-batch: expected a whole number from 1",
    );
    expect(await refused([embeddedModelPath, "--max-body", "big"])).toContain(
      "--max-body: expected a size such as 500MB",
    );
  });
});
