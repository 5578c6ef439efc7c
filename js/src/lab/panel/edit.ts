import { button, h } from "../../lib/dom";

/** A line to fill in: Enter saves, Escape leaves. */
export function editLine(
  label: string,
  value: string,
  hint: string,
  save: (text: string) => void,
  leave: () => void,
): HTMLElement {
  const input = h("input", {
    type: "text",
    value,
    "aria-label": label,
    placeholder: hint,
    title: hint,
    onKeydown: (event: KeyboardEvent) => {
      event.stopPropagation();
      if (event.key === "Enter") save(input.value);
      else if (event.key === "Escape") leave();
    },
  });
  const line = h(
    "div",
    { class: "nbm-edit" },
    h("label", {}, label, input),
    button("Save", () => save(input.value)),
    button("Cancel", leave),
  );
  queueMicrotask(() => {
    input.focus();
    input.select();
  });
  return line;
}

/** Tags as one line of text: `best, team=vision`. */
export function tagsText(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => (value ? `${key}=${value}` : key))
    .join(", ");
}

/** What changes when the line of tags is saved; null takes a tag away. */
export function tagChanges(before: Readonly<Record<string, string>>, text: string): [string, string | null][] {
  const after = new Map<string, string>();
  for (const part of text.split(",")) {
    const [key = "", ...rest] = part.split("=");
    if (key.trim()) after.set(key.trim(), rest.join("=").trim());
  }
  const gone = Object.keys(before).filter((key) => !after.has(key));
  const changed = [...after].filter(([key, value]) => before[key] !== value);
  return [...gone.map((key): [string, null] => [key, null]), ...changed];
}
