/** Lists of numbers in two tables. */

export interface Lists {
  /** List `at` is `items` from `starts[at]` up to `starts[at + 1]`. */
  readonly starts: Int32Array;
  readonly items: Int32Array;
}

export function listsOf(lists: readonly (readonly number[])[]): Lists {
  const starts = new Int32Array(lists.length + 1);
  for (const [at, list] of lists.entries()) starts[at + 1] = (starts[at] as number) + list.length;
  return { starts, items: Int32Array.from(lists.flat()) };
}
