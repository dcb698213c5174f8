/** @file A runtime whose sessions live in a child process, so that a model that crashes onnxruntime, hangs or eats memory ends that alone. */

import { type Ask, Child } from "../../child/child.js";
import type { ChildLimits } from "../../child/limits.js";
import { type NodeRuntimeOptions, runtimeBy } from "../node.js";
import { closable, withOutputsFilled } from "../ort-session.js";
import type { SessionPlan } from "../plan/node.js";
import type { Runtime, Session } from "../session.js";
import type { Engine, OpenedSession } from "./engine.js";
import { plainTensors, tensorsFrom } from "./plain-tensor.js";

/** A runtime in another process, which ends with this one. */
export interface IsolatedRuntime extends Runtime {
  /** Ends the process; a session that is run later opens itself in another. */
  close(): Promise<void>;
}

/**
 * Makes a runtime of onnxruntime-node in a child process. A process that dies is started again for the next run, and sessions that were
 * open in it open themselves again when they are run. Its sessions throw `crashed` where the process died of a run, or was ended at a limit.
 * @throws FoveaError as `createNodeRuntime` does; `bad-input` for limits that are no positive numbers
 */
export function createIsolatedRuntime({
  threads,
  device,
  onDevice,
  ...limits
}: NodeRuntimeOptions & ChildLimits = {}): IsolatedRuntime {
  const child = new Child<Engine>({ name: "onnxruntime", module: new URL("./engine.js", import.meta.url), ...limits });
  const open = async (plan: SessionPlan) => closable(withOutputsFilled(await openSession(child, plan)));
  const runtime = runtimeBy(open, { threads, device, onDevice });
  return {
    get name() {
      return runtime.name;
    },
    open: runtime.open,
    close: () => child.close(),
  };
}

/** A session as it is open in one of the child's lives. */
interface Living extends OpenedSession {
  readonly life: number;
}

async function openSession(child: Child<Engine>, plan: SessionPlan): Promise<Session> {
  const openBy = async (ask: Ask<Engine>): Promise<Living> => {
    const opened = await ask("open", plan, { doing: "opening the model" });
    return { ...opened, life: child.lives };
  };
  let living = await child.inTurn(openBy);
  return {
    inputs: living.inputs,
    outputs: living.outputs,
    run: (feeds) =>
      child.inTurn(async (ask) => {
        if (!child.isAlive(living.life)) living = await openBy(ask);
        const request = { id: living.id, feeds: plainTensors(feeds) };
        return tensorsFrom(await ask("run", request, { doing: "running the model" }));
      }),
    close: () =>
      child.inTurn(async (ask) => {
        if (child.isAlive(living.life)) await ask("close", living.id, { doing: "closing the model" });
      }),
  };
}
