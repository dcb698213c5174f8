/** @file How much a network's answers say of the photos that they are given for. */

/** Probabilities of the classes for each of several photos; every row sums to one. */
export type Answers = readonly Float32Array[];

/**
 * The mutual information of photo and answer, in nats: the entropy of the mean answer less the mean entropy of the answers. It is large
 * where every single answer is sure and different photos get different ones, and zero where all get the same one, however sure.
 */
export function informationOf(answers: Answers): number {
  const [first] = answers;
  if (first === undefined) return 0;
  const mean = first.map((_, k) => average(answers.map((row) => row[k] ?? 0)));
  return Math.max(0, entropy(mean) - average(answers.map(entropy)));
}

/** How alike the answers for two views of the same photos are: the mean Bhattacharyya coefficient, 1 for equal answers. */
export function agreementOf(answers: Answers, others: Answers): number {
  return average(answers.map((row, i) => row.reduce((sum, p, k) => sum + Math.sqrt(p * (others[i]?.[k] ?? 0)), 0)));
}

/** The mean of the largest probabilities. */
export function confidenceOf(answers: Answers): number {
  return average(answers.map((row) => row[answerOf(row)] ?? 0));
}

/** The number of different most probable classes. */
export function differentAnswers(answers: Answers): number {
  return new Set(answers.map(answerOf)).size;
}

/** The most probable class. */
export function answerOf(row: Float32Array): number {
  return row.reduce((best, p, k) => (p > (row[best] ?? 0) ? k : best), 0);
}

/** Rows of a flat tensor, each brought to a sum of one: several classes may hold at once. */
export function answersFrom(values: Float32Array, count: number): Answers {
  const width = values.length / count;
  return Array.from({ length: count }, (_, i) => {
    const row = values.slice(i * width, (i + 1) * width);
    const sum = row.reduce((total, p) => total + p, 0);
    return sum > 0 ? row.map((p) => p / sum) : row;
  });
}

function entropy(row: Float32Array): number {
  return row.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
