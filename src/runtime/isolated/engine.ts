/** @file The child process that onnxruntime runs in: opens sessions from their plans, and runs them. */

import { answerParent } from "../../child/answer-parent.js";
import type { Value, ValueInfo } from "../../onnx/graph.js";
import { openPlan, type SessionPlan } from "../plan/node.js";
import type { Session } from "../session.js";
import { type PlainTensor, plainTensors, tensorsFrom } from "./plain-tensor.js";

/** A session as its parent knows it. */
export interface OpenedSession extends Pick<Session, "inputs" | "outputs"> {
  readonly id: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const sessions = new Map<number, Session>();
let opened = 0;

const abilities = {
  async open(plan: SessionPlan): Promise<OpenedSession> {
    const session = await openPlan(plan);
    const id = ++opened;
    sessions.set(id, session);
    return { id, inputs: session.inputs, outputs: session.outputs };
  },
  async run({ id, feeds }: { readonly id: number; readonly feeds: Readonly<Record<Value, PlainTensor>> }) {
    const session = sessions.get(id);
    if (session === undefined) throw new Error("internal: the session is not open");
    return plainTensors(await session.run(tensorsFrom(feeds)));
  },
  async close(id: number): Promise<void> {
    await sessions.get(id)?.close();
    sessions.delete(id);
  },
};

/** What the child can do. */
export type Engine = typeof abilities;

answerParent(abilities);
