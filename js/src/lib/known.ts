import type { Model, State } from "./host";

/** What a saved view knows without asking; undefined if it was not asked when it was saved. */
export function knownAnswer(model: Model, name: string, args: unknown): unknown {
  const known = (model.get("state") as State | undefined)?.known;
  if (!Array.isArray(known) || !known.length) return undefined;
  const wanted = canonical(args);
  return known.find((each) => each?.name === name && canonical(each.args) === wanted)?.data;
}

/** JSON in which the order of keys does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
