/** @file The port of the studio. */

/** Taken unless another port is asked for. */
export const usualPort = 4747;
