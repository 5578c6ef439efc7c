export type Tags = Readonly<Record<string, string | null>>;

const BREAK = "↵"; // stands for a line break inside a tag: a line of the text is one tag

/** Whether commas between them say where one ends. */
export const areWords = (tags: Tags): boolean =>
  Object.entries(tags).every(([key, value]) => !/[,\n=]/.test(key) && !/[,\n]/.test(value ?? ""));

/** Tags as text to edit: `best, team=vision`; one a line where a comma is part of one. */
export function tagsText(tags: Tags): string {
  return tagWords(tags)
    .map(flat)
    .join(areWords(tags) ? ", " : "\n");
}

/** What changes when the text is saved; null takes a tag away. One a line if there are lines, else between commas. */
export function tagChanges(before: Tags, text: string): [key: string, value: string | null][] {
  const keys = Object.keys(before);
  const words = new Map(tagWords(before).map((word, at) => [flat(word).trim(), keys[at]!]));
  const after = new Map<string, string>();
  for (const part of partsOf(before, text, words)) {
    const same = words.get(part); // whatever blanks are in it
    const known = same ?? keys.find((key) => part === flat(key) || part.startsWith(`${flat(key)}=`));
    const key = known ?? part.split("=")[0]!.trim();
    const value = part.slice(flat(key).length).replace(/^\s*=\s*/, "");
    if (key) after.set(key, same === undefined ? value.replaceAll(BREAK, "\n") : (before[key] ?? ""));
  }
  const gone = keys.filter((key) => !after.has(key));
  const changed = [...after].filter(([key, value]) => !(key in before) || (before[key] ?? "") !== value);
  return [...gone.map((key): [string, null] => [key, null]), ...changed];
}

/** The text tag by tag; among lines, one that still has words between commas is several. */
function partsOf(before: Tags, text: string, words: ReadonlyMap<string, string>): string[] {
  const between = (line: string) => line.split(",").map((part) => part.trim());
  const isList = (line: string) => /^[^=]*,/.test(line) || between(line).some((part) => words.has(part));
  const lines = text.split("\n").map((line) => line.trim());
  if (!areWords(before)) return lines;
  return lines.length === 1 ? between(text) : lines.flatMap((line) => (isList(line) ? between(line) : [line]));
}

function flat(text: string): string {
  return text.replace(/\r\n?|\n/g, BREAK);
}

/** Tags as words. */
export function tagWords(tags: unknown): string[] {
  if (!tags || typeof tags !== "object") return [];
  return Object.entries(tags).map(([key, value]) => (value ? `${key}=${value}` : key));
}
