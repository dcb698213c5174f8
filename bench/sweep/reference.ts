/** @file PyTorch's side of the sweep: a process that exports one network after another and writes its numbers. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../test/reference/sweep/reference.py", import.meta.url));

/** How a network is exported. */
export const forms = ["torchscript-static", "torchscript-dynamic", "dynamo-static", "dynamo-dynamic"] as const;
export type Form = (typeof forms)[number];

/** What PyTorch made of a network, in the folder that was asked for. */
export interface Reference {
  readonly name: string;
  /** The layers that practitioners explain; maps are those of the first. */
  readonly layers: readonly string[];
  /** `ok`, or why PyTorch could not write the file. */
  readonly exports: Readonly<Record<Form, string>>;
}

export class Python {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string) {
    this.#process = spawn(python, [script], { stdio: ["pipe", "pipe", "ignore"] });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error("internal: the process has no output");
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error what Python could not do */
  async make(name: string, folder: string): Promise<Reference> {
    this.#process.stdin?.write(`${JSON.stringify({ name, folder, forms })}\n`);
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done)
        throw new Error("Python ended: expected one with torch, torchvision, timm, transformers and onnxscript");
      const answer = JSON.parse(value);
      if (answer.error) throw new Error(answer.error);
      if (!answer.ready) return answer;
    }
  }

  stop(): void {
    this.#process.kill();
  }
}
