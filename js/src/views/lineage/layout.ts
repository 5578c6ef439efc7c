/** One thing in the graph and where it stands: which column, and which place in it. */
export interface Placed {
  id: string;
  column: number;
  row: number;
}

/**
 * Columns by the longest way from a source, so that every edge leads to the right; within a column, things stand
 * near what they come from. A circle, which data should not have, is cut where it closes.
 */
export function layered(ids: readonly string[], edges: readonly (readonly [string, string])[]): Placed[] {
  const before = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const [from, to] of edges) if (before.has(from)) before.get(to)?.push(from);
  const column = new Map<string, number>();
  const open = new Set<string>();
  const place = (id: string): number => {
    const known = column.get(id);
    if (known !== undefined) return known;
    if (open.has(id)) return -1;
    open.add(id);
    const found = Math.max(-1, ...before.get(id)!.map(place)) + 1;
    open.delete(id);
    column.set(id, found);
    return found;
  };
  for (const id of ids) place(id);
  const columns: string[][] = [];
  for (const id of ids) {
    const at = column.get(id)!;
    columns[at] = [...(columns[at] ?? []), id];
  }
  const row = new Map<string, number>();
  for (const [at, members] of columns.entries()) {
    const wish = (id: string) => {
      const rows = before.get(id)!.flatMap((each) => row.get(each) ?? []);
      return rows.length ? rows.reduce((sum, each) => sum + each, 0) / rows.length : 0;
    };
    const sorted = at === 0 ? members : [...members].sort((a, b) => wish(a) - wish(b));
    for (const [place_, id] of sorted.entries()) row.set(id, place_);
  }
  return ids.map((id) => ({ id, column: column.get(id)!, row: row.get(id)! }));
}
