/**
 * The `set` list of an update: the columns of `changes` that are given, as `name = $n`, with the values to append to `bind`.
 * Names come from our own code, never from a request. `cast` names a type where PostgreSQL cannot tell it.
 */
export function changedColumns(
  changes: Readonly<Record<string, unknown>>,
  bind: unknown[],
  cast: Readonly<Record<string, string>> = {},
): string[] {
  return Object.entries(changes)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => {
      bind.push(value);
      return `${column} = $${bind.length}${cast[column] === undefined ? '' : `::${cast[column]}`}`;
    });
}
