/** @file A server of the Model Context Protocol with the tools. */

import { fromJsonSchema, McpServer, type ServerContext } from "@modelcontextprotocol/server";
import { answer } from "./answer.js";
import { Limiter } from "./limiter.js";
import type { Watching } from "./run-command.js";
import type { Places, Tool, ToolArguments } from "./tool.js";
import { tools } from "./tools/index.js";

const instructions =
  "Heat maps show which regions raise a class score; they do not prove that these regions are the cause. Look at the notes of a result: they say what was assumed, and when a map cannot be read.";

/** Commands at a time: each holds a model in memory, and uses all cores. */
const atOnce = 2;

export interface ToolServerOptions {
  readonly version: string;
  readonly places: Places;
  /** Of models, for the commands. */
  readonly options: readonly string[];
}

export function createToolServer({ version, places, options }: ToolServerOptions): McpServer {
  const server = new McpServer({ name: "fovea", title: "Fovea", version }, { instructions });
  const limiter = new Limiter(atOnce);
  for (const tool of tools) {
    const { name, title, description, writes = false } = tool;
    const hints = { readOnlyHint: !writes, destructiveHint: false, openWorldHint: false };
    server.registerTool(
      name,
      { title, description, inputSchema: fromJsonSchema<ToolArguments>(schemaOf(tool)), annotations: hints },
      (given, context) => {
        const watching = watchingOf(context);
        return limiter.run(watching.signal, () => answer(tool, given, { places, options, watching }));
      },
    );
  }
  return server;
}

function schemaOf({ properties, required = [] }: Tool) {
  return { type: "object", properties, required: [...required], additionalProperties: false } as const;
}

/** Progress goes to clients that asked for it, with a token. */
function watchingOf({ mcpReq: { signal, notify, _meta } }: ServerContext): Watching {
  const progressToken = _meta?.progressToken;
  let lines = 0;
  return {
    signal,
    onProgress: (message) => {
      if (progressToken === undefined || signal.aborted) return;
      // The protocol wants a number that grows, and a command has several stages, each with its own share.
      const params = { progressToken, progress: ++lines, message };
      // A client that went away is told nothing.
      notify({ method: "notifications/progress", params }).catch(() => undefined);
    },
  };
}
