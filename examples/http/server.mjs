/** @file The same with nothing but `node:http`: `MODEL=model.onnx node server.mjs`. */

import { createServer } from "node:http";
import { FoveaError } from "fovea";
import { explain } from "./explain.mjs";

const mostBytes = 10e6;

const server = createServer(async (request, response) => {
  const end = (status, body, headers = {}) => response.writeHead(status, headers).end(body);
  if (request.method !== "POST") return end(405, "POST an image\n", { Allow: "POST" });
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > mostBytes) return end(413, "too large\n", { Connection: "close" });
    chunks.push(chunk);
  }
  try {
    const { label, png } = await explain(Buffer.concat(chunks));
    end(200, png, { "Content-Type": "image/png", "X-Class": encodeURIComponent(label) });
  } catch (error) {
    end(error instanceof FoveaError ? 400 : 500, error instanceof FoveaError ? `${error.message}\n` : "a fault\n");
  }
});
server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => console.log(`port ${server.address().port}`));
