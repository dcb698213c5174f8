/** @file The tool that lists the methods. */

import type { Tool } from "../tool.js";

export const listMethods: Tool = {
  name: "list_methods",
  title: "List the methods",
  description: "Lists the methods that make heat maps, with the paper of each.",
  properties: {},
  answers: "text",
  opens: false,
  command: () => ["explain", "--method=list"],
};
