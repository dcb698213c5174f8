/** @file Cases of the rules of recurrent layers. */

import { type AttributeLike, float } from "../../../src/onnx/builder.js";
import { Tensor } from "../../../src/onnx/tensor.js";
import type { CaseInput, GradientCase } from "../../support/models/gradient-case.js";

interface Layer {
  /** Blocks of rows of W and R. */
  readonly blocks: number;
  readonly states: number;
  readonly attributes?: Readonly<Record<string, AttributeLike>>;
  readonly bidirectional?: boolean;
  /** Which optional inputs are there. */
  readonly bias?: boolean;
  readonly initial?: boolean;
  readonly peepholes?: boolean;
  readonly lengths?: readonly number[];
  /** Which outputs are differentiated together. Default: the first. */
  readonly of?: readonly number[];
  readonly tolerance?: number;
  /** Default 4. */
  readonly steps?: number;
}

const [batch, size, hidden] = [2, 3, 2];
const strings = (...value: string[]): AttributeLike => value;
const floats = (...value: number[]): AttributeLike => ({ type: "floats", value });

function layer(operator: string, options: Layer): GradientCase {
  const { blocks, states, bidirectional = false, bias = true, initial = true, peepholes, lengths, of = [0] } = options;
  const directions = bidirectional ? 2 : 1;
  const attributes = {
    hidden_size: hidden,
    ...(bidirectional ? { direction: "bidirectional" } : {}),
    ...options.attributes,
  };
  const state = initial ? [directions, batch, hidden] : undefined;
  const inputs: Record<string, CaseInput> = {
    x: [options.steps ?? 4, batch, size],
    w: [directions, blocks * hidden, size],
    r: [directions, blocks * hidden, hidden],
    b: bias ? [directions, 2 * blocks * hidden] : undefined,
    lengths: lengths && new Tensor("int32", [lengths.length], Int32Array.from(lengths)),
    h: state,
    ...(states > 1 ? { c: state, p: peepholes ? [directions, 3 * hidden] : undefined } : {}),
  };
  return {
    inputs,
    attributes: { ...attributes, of: [...of] },
    known: ["w", "r", "b", "h", "c", "p"],
    ...(options.tolerance ? { tolerance: options.tolerance } : {}),
    build: (op, values) => {
      const outputs = op.node(operator, values, attributes, 1 + states);
      const vectors = of.map((i) => op.Reshape(outputs[i], op.ints([-1])));
      return vectors.length === 1 ? (outputs[of[0] ?? 0] ?? "") : op.Concat(...vectors, { axis: 0 });
    },
  };
}

const lstm = (options: Partial<Layer> = {}) => layer("LSTM", { blocks: 4, states: 2, ...options });
const gru = (options: Partial<Layer> = {}) => layer("GRU", { blocks: 3, states: 1, ...options });
const rnn = (options: Partial<Layer> = {}) => layer("RNN", { blocks: 1, states: 1, ...options });
const both = { bidirectional: true };
const reverse = { attributes: { direction: "reverse" } };
const afterwards = { attributes: { linear_before_reset: 1 } };
const lengths = [2, 4];

export const recurrentCases: Record<string, GradientCase[]> = {
  LSTM: [
    lstm(),
    lstm({ bias: false, initial: false }),
    lstm({ ...both, of: [0, 1, 2] }),
    lstm({ ...both, of: [1] }),
    lstm({ ...reverse, of: [2] }),
    lstm({ ...reverse, of: [0, 1] }),
    lstm({ peepholes: true, of: [0, 1, 2] }),
    lstm({ ...both, peepholes: true }),
    lstm({ lengths, of: [0, 1, 2] }),
    lstm({ ...both, lengths, of: [0, 1, 2] }),
    lstm({ attributes: { input_forget: 1 }, tolerance: 5e-4 }),
    lstm({ attributes: { clip: float(0.3) }, steps: 3, of: [0, 2] }),
    lstm({
      attributes: { activations: strings("HardSigmoid", "Softsign", "Elu"), activation_alpha: floats(0.3, 0.7) },
    }),
    lstm({
      ...both,
      attributes: {
        activations: strings("Sigmoid", "ScaledTanh", "Affine", "Sigmoid", "LeakyRelu", "Softplus"),
        activation_alpha: floats(1.2, 0.8, 0.2),
        activation_beta: floats(0.7, 0.1),
      },
    }),
  ],
  GRU: [
    gru(),
    gru({ bias: false, initial: false }),
    gru({ ...both, of: [0, 1] }),
    gru({ ...reverse, of: [1] }),
    gru({ ...both, lengths, of: [0, 1] }),
    gru({ ...afterwards, of: [0, 1] }),
    gru({ ...afterwards, bias: false, initial: false }),
    gru({ ...both, ...afterwards, of: [0, 1] }),
    gru({ attributes: { linear_before_reset: 1, direction: "reverse" }, of: [1] }),
    gru({ ...both, ...afterwards, lengths, of: [0, 1] }),
    gru({ attributes: { activations: strings("HardSigmoid", "Softsign") } }),
    gru({
      attributes: { linear_before_reset: 1, activations: strings("Sigmoid", "Affine"), activation_alpha: floats(0.7) },
    }),
    gru({ attributes: { linear_before_reset: 1, clip: float(0.3) }, steps: 2 }),
  ],
  RNN: [
    rnn(),
    rnn({ bias: false, initial: false }),
    rnn({ ...both, of: [0, 1] }),
    rnn({ ...reverse, of: [1] }),
    rnn({ ...both, lengths, of: [0, 1] }),
    rnn({
      attributes: { activations: strings("Affine"), activation_alpha: floats(0.7), activation_beta: floats(0.2) },
    }),
    rnn({ attributes: { activations: strings("Relu") } }),
  ],
};
