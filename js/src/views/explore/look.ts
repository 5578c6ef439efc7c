import type { Brush } from "./brush";
import { freshMemory, type Memory } from "./shared";

/** What a person chose, as JSON: kept with a saved view. */
export interface Look {
  axes?: string[];
  logs?: [string, boolean][];
  brushes?: [string, { range: [number | null, number | null] | null; words: string[] }][];
  x?: string;
  y?: string;
  colour?: string;
  byForest?: boolean;
  showsAll?: boolean;
}

/** The choices worth keeping; `first` are the axes that stand there by themselves. */
export function lookOf(memory: Memory, first: readonly string[]): Look {
  const look: Look = {};
  if (memory.axes && memory.axes.join("\n") !== first.join("\n")) look.axes = memory.axes;
  if (memory.logs.size) look.logs = [...memory.logs];
  if (memory.brushes.size) {
    look.brushes = [...memory.brushes].map(([key, { range, words }]) => [
      key,
      { range: range && [finite(range[0]), finite(range[1])], words: [...words] },
    ]);
  }
  for (const name of ["x", "y", "colour"] as const) if (memory[name] !== null) look[name] = memory[name];
  for (const name of ["byForest", "showsAll"] as const) if (memory[name]) look[name] = true;
  return look;
}

/** The choices again; what is not understood is as if nothing was chosen. */
export function memoryOf(look: unknown): Memory {
  const memory = freshMemory();
  const found = (typeof look === "object" && look !== null ? look : {}) as Record<string, unknown>;
  const list = (name: string): unknown[] => (Array.isArray(found[name]) ? found[name] : []);
  const pairs = (name: string): [string, unknown][] =>
    list(name).filter((each): each is [string, unknown] => Array.isArray(each) && typeof each[0] === "string");
  if (Array.isArray(found.axes)) memory.axes = found.axes.filter((each) => typeof each === "string");
  for (const [key, isLog] of pairs("logs")) if (typeof isLog === "boolean") memory.logs.set(key, isLog);
  for (const [key, said] of pairs("brushes")) {
    const brush = brushOf(said);
    if (brush) memory.brushes.set(key, brush);
  }
  for (const name of ["x", "y", "colour"] as const) {
    const value = found[name];
    if (typeof value === "string") memory[name] = value;
  }
  for (const name of ["byForest", "showsAll"] as const) memory[name] = found[name] === true;
  return memory;
}

function finite(end: number): number | null {
  return Number.isFinite(end) ? end : null;
}

/** Ends that are open are null: JSON knows no infinity. */
function brushOf(said: unknown): Brush | null {
  const { range, words } = (said ?? {}) as { range?: unknown; words?: unknown };
  const isEnd = (end: unknown) => end === null || typeof end === "number";
  const ends = Array.isArray(range) && range.length === 2 && range.every(isEnd) ? (range as (number | null)[]) : null;
  const named = Array.isArray(words) ? words.filter((word): word is string => typeof word === "string") : [];
  if (!ends && !named.length) return null;
  const [low, high] = ends ?? [];
  return {
    range: ends ? [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY] : null,
    words: named,
  };
}
