/** @file A runtime opens graphs as sessions, and a session runs tensors through its graph. */

import type { Graph, Value, ValueInfo } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";

/** A graph that can be run. */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Runs the graph once.
   * @param feeds a tensor for every input; others are left alone
   * @param into tensors to write outputs to, of exactly their type and shape, so that nothing is allocated; default none
   * @returns every output by name
   * @throws FoveaError `shape-mismatch` when the runtime refuses the tensors, `unknown-name` for an output that there is not, `closed`
   */
  run(feeds: Readonly<Record<Value, Tensor>>, into?: Readonly<Record<Value, Tensor>>): Promise<Record<Value, Tensor>>;
  /** Waits for running work; every run after it is an error of code `closed`. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /**
   * Let the runtime rewrite the graph for speed; off, it computes node by node. Default: on, but off where that makes the
   * runtime refuse the graph.
   */
  readonly optimize?: boolean;
  /** Threads within an operator; default: as many as the runtime was made with. */
  readonly threads?: number;
  /**
   * Let the runtime keep copies of the weights in an order of its own, which is faster for batches and takes as much memory
   * again; default true.
   */
  readonly repack?: boolean;
  /**
   * It runs in turns with other sessions: its threads then do not wait busily for its next run, which would take the cores from theirs;
   * default false.
   */
  readonly takesTurns?: boolean;
  /** Compute on the processor, also where the runtime has a graphics card, for operators that cards do not have; default false. */
  readonly processor?: boolean;
}

/** Opens graphs to run them. */
export interface Runtime {
  /** For provenance, e.g. `onnxruntime-node 1.30.0`. */
  readonly name: string;
  /**
   * @param model a graph, or a model file as it is: its bytes, or its path where there is a file system
   * @throws FoveaError `bad-graph` when the runtime refuses the graph
   */
  open(model: Graph | Uint8Array | string, options?: SessionOptions): Promise<Session>;
}
