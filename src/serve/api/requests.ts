/** @file What every request goes through: admission, its ticket, its line in the log, and the form of its errors. */

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { FoveaError } from "../../foundation/error.js";
import type { Admission } from "./admission.js";
import type { Metrics } from "./metrics.js";
import type { Intake } from "./queue/intake.js";
import type { Ticket } from "./queue/ticket.js";
import { badRequest, Refusal, statusOf } from "./refusal.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** It computes: there must be room for it. Default false. */
    computes?: boolean;
    /** Everybody may know the answer, without a token. Default false. */
    isPublic?: boolean;
  }
}

export interface RequestParts {
  readonly admission: Admission;
  readonly intake: Intake;
  readonly metrics: Metrics;
  /** Names of models, for labels. */
  readonly models: readonly string[];
  /** Milliseconds that a request may take at most. */
  readonly deadline: number;
  /** Bytes that a body may have. */
  readonly maxBody: number;
}

/** The header by which a client says how many milliseconds it waits. */
const timeoutHeader = "request-timeout-ms";

const tickets = new WeakMap<FastifyRequest, Ticket>();

/** The ticket of a request that computes. */
export function ticketOf(request: FastifyRequest): Ticket {
  const ticket = tickets.get(request);
  if (ticket === undefined) throw new Error("internal: a request without a ticket");
  return ticket;
}

export function watchRequests(app: FastifyInstance, parts: RequestParts): void {
  app.addHook("onRequest", async (request, reply) => {
    const { computes = false, isPublic = false } = request.routeOptions.config;
    reply.raw.once("close", () => answered(request, reply, parts));
    parts.admission.check(request.raw, !isPublic);
    if (computes) tickets.set(request, parts.intake.enter(ticketOptions(request, parts)));
  });
  app.addHook("onSend", async (_, reply) => {
    reply.headers({ "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store" });
    if (parts.intake.isStopping) reply.header("Connection", "close");
  });
  app.setNotFoundHandler((request, reply) => {
    const got = `${request.method} of another path`;
    sendError(reply, new Refusal(404, `the request: expected a route of /openapi.json, got ${got}`));
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const own = ownError(error, parts);
    if (statusOf(own) === 500) request.log.error({ stack: error.stack }, "a fault of the server");
    sendError(reply, own);
  });
}

function ticketOptions({ headers }: FastifyRequest, { deadline, maxBody }: RequestParts) {
  const asked = headers[timeoutHeader];
  const milliseconds = asked === undefined ? deadline : Number(/^\d{1,9}$/.exec(String(asked))?.[0]);
  if (!(milliseconds >= 1))
    throw badRequest("Request-Timeout-Ms", "a whole number of milliseconds from 1 on", "another text");
  // A body without a stated length may be as long as any.
  const bytes = Number(headers["content-length"] ?? maxBody);
  return { deadline: Math.min(milliseconds, deadline), bytes: Math.min(bytes, maxBody) };
}

/** The answer is out, or the client is gone. */
function answered(request: FastifyRequest, reply: FastifyReply, { intake, metrics, models }: RequestParts): void {
  const ticket = tickets.get(request);
  if (ticket) intake.leave(ticket);
  const status = reply.raw.writableFinished ? reply.statusCode : 499;
  const route = plainPattern(request.routeOptions.url ?? "");
  const seconds = reply.elapsedTime / 1000;
  const asked = modelIn(request.params);
  const model = models.find((name) => name === asked) ?? "";
  metrics.answered({ route, model, status, seconds });
  const told = { method: request.method, route, status, milliseconds: Math.round(reply.elapsedTime) };
  request.log.info({ ...told, ...(model ? { model } : {}), ...(ticket ? { images: ticket.images } : {}) }, "answered");
}

/** Without what only the router needs. */
function plainPattern(route: string): string {
  return route.replace(/\(.*\)/, "").replace("::", ":");
}

function modelIn(params: unknown): unknown {
  return typeof params === "object" && params !== null && "model" in params ? params.model : undefined;
}

/** Errors of the framework in our words. */
function ownError(error: FastifyError | Error, { maxBody }: RequestParts): Error {
  if (error instanceof Refusal || error instanceof FoveaError) return error;
  const code = "code" in error ? error.code : "";
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new Refusal(413, `the body: expected at most ${maxBody} bytes, got more: --max-body allows more`);
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new Refusal(415, "Content-Type: expected application/json or application/octet-stream, got another");
  const status = "statusCode" in error ? error.statusCode : undefined;
  const isOurs = status === undefined || status >= 500;
  return isOurs
    ? new Error("the server: failed by its own fault: its log says more")
    : new Refusal(status, error.message);
}

/** Errors have the form of the Open Inference Protocol. */
export function sendError(reply: FastifyReply, error: Error): void {
  const status = statusOf(error);
  if (status === 401) reply.header("WWW-Authenticate", "Bearer");
  if (error instanceof Refusal && error.retryAfter !== undefined) reply.header("Retry-After", error.retryAfter);
  reply.code(status).send({ error: error.message });
}
