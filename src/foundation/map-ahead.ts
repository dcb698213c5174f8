/** @file Slow work on a sequence of items, a bounded number of them at a time, handed out in order. */

/** Items in memory, or as they come. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * Maps items in order. Up to `limit` of them are worked on while the consumer is busy with those before, and no more are
 * taken from `items` than that. What `map` throws is thrown in its item's turn. Breaking off waits for the work that is
 * under way and begins no more.
 */
export async function* mapAhead<Item, Result>(
  items: Items<Item>,
  limit: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let stopped = false;
  const begin = () => {
    const work = (async () => {
      const next = await iterator.next();
      return next.done || stopped ? undefined : { value: await map(next.value) };
    })();
    // It is awaited in its turn; until then a failure must not count as one that nobody handles.
    work.catch(() => undefined);
    return work;
  };
  const ahead = Array.from({ length: limit }, begin);
  try {
    for (let result = await ahead.shift(); result; result = await ahead.shift()) {
      ahead.push(begin());
      yield result.value;
    }
  } finally {
    stopped = true;
    await iterator.return?.();
    await Promise.allSettled(ahead);
  }
}
