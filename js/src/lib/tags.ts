export type Tags = Readonly<Record<string, string | null>>;

/** Whether commas between them say where one ends. */
const areWords = (tags: Tags) =>
  Object.entries(tags).every(([key, value]) => !/[,\n=]/.test(key) && !/[,\n]/.test(value ?? ""));

/** Tags as text to edit: `best, team=vision`; one a line where a comma is part of one. */
export function tagsText(tags: Tags): string {
  return tagWords(tags).join(areWords(tags) ? ", " : "\n");
}

/** What changes when the text is saved; null takes a tag away. One a line if there are lines, else between commas. */
export function tagChanges(before: Tags, text: string): [key: string, value: string | null][] {
  const parts = text.includes("\n") || !areWords(before) ? text.split("\n") : text.split(",");
  const after = new Map<string, string>();
  for (const part of parts.map((each) => each.trim())) {
    const known = Object.keys(before).find((key) => part === key || part.startsWith(`${key}=`));
    const key = known ?? part.split("=")[0]!.trim();
    if (key) after.set(key, part.slice(key.length).replace(/^\s*=\s*/, ""));
  }
  const gone = Object.keys(before).filter((key) => !after.has(key));
  const changed = [...after].filter(([key, value]) => !(key in before) || (before[key] ?? "") !== value);
  return [...gone.map((key): [string, null] => [key, null]), ...changed];
}

/** Tags as words. */
export function tagWords(tags: unknown): string[] {
  if (!tags || typeof tags !== "object") return [];
  return Object.entries(tags).map(([key, value]) => (value ? `${key}=${value}` : key));
}
