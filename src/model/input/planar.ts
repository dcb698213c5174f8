/** @file The operators of planes. */

/** Operators that take and make planes [N, C, H, W]. */
export const planar = new Set([
  ...["Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "LRN"],
  ...["BatchNormalization", "InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth"],
  ...["ConvInteger", "QLinearConv"],
]);
