/** @file A tool's answer: what its command printed, its picture, or what was wrong. */

import type { CallToolResult } from "@modelcontextprotocol/server";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import { exitCodes } from "../terminal/job.js";
import { type Ran, runCommand, type Watching } from "./run-command.js";
import type { Places, Tool, ToolArguments } from "./tool.js";

/** Characters of an answer: a client reads all of it, and a table of a thousand classes tells no more than its beginning. */
const longest = 20_000;

/**
 * @param options of models, which all tools that open one share
 * @throws errors of Fovea itself, and the signal's reason
 */
export async function answer(
  tool: Tool,
  given: ToolArguments,
  { places, options, watching }: { places: Places; options: readonly string[]; watching: Watching },
): Promise<CallToolResult> {
  try {
    const [command = "", ...args] = await tool.command(given, places);
    const copy =
      tool.answers === "picture" && given.out !== undefined ? places.roots.newFile(given.out, ".png") : undefined;
    const shared = tool.opens === false ? [] : [...options, "--isolate"];
    const ran = await runCommand([command, ...shared, ...args], watching);
    if (ran.code !== exitCodes.done && ran.code !== exitCodes.partly)
      return refused(ran.notes.trim() || `ended with ${ran.code}`);
    if (copy !== undefined && isPng(ran.out)) await writeFileAtomically(copy, ran.out);
    return told(ran, copy);
  } catch (error) {
    if (error instanceof FoveaError) return refused(error.message);
    throw error;
  }
}

function told({ out, notes }: Ran, copy: string | undefined): CallToolResult {
  if (!isPng(out)) return { content: [{ type: "text", text: shortenedText(`${out}${notes}`) }] };
  const text = copy === undefined ? notes : `${notes}  wrote ${copy}`;
  return {
    content: [
      { type: "text", text: shortenedText(text) },
      { type: "image", data: out.toString("base64"), mimeType: "image/png" },
    ],
  };
}

/** A method that only lists something prints words in the place of a picture. */
function isPng(bytes: Buffer): boolean {
  return bytes.subarray(1, 4).toString("latin1") === "PNG";
}

function refused(message: string): CallToolResult {
  return { content: [{ type: "text", text: message.replaceAll(/^fovea: /gm, "") }], isError: true };
}

function shortenedText(text: string): string {
  const trimmed = text.trimEnd();
  if (trimmed.length <= longest) return trimmed;
  return `${trimmed.slice(0, longest)}\n... ${trimmed.length - longest} more characters`;
}
