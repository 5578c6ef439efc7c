import type { Desk } from "../../lib/ask";
import { button, h } from "../../lib/dom";
import { runLabel } from "../../lib/format";
import { openPopover } from "../../lib/popover";
import { type Tags, tagChanges, tagsText } from "../../lib/tags";
import type { Run } from "./types";

interface Whole {
  note: string | null;
  tags: Tags;
}

/**
 * Edit the note or the tags of a run beside its cell: Enter saves, Shift+Enter begins a new line, Escape leaves.
 *
 * @param root the view, which the editor stands in even if the cell is drawn anew meanwhile.
 * @returns when it was saved or left; true if something changed.
 */
export async function edit(
  desk: Desk,
  what: "note" | "tags",
  run: Run,
  anchor: HTMLElement,
  root: HTMLElement,
): Promise<boolean> {
  const whole = await desk.view<Whole>("runs/whole", { run: run.id });
  const before = what === "note" ? (whole.note ?? "") : tagsText(whole.tags);
  return new Promise((resolve) => {
    const label = `${what === "note" ? "Note" : "Tags"} of ${runLabel(run)}`;
    const panel = openPopover(anchor, label, { className: "nbm-edit", root, onClose: () => resolve(false) });
    const problem = h("div", { class: "nbm-bad", role: "alert", hidden: true });
    const field = h("textarea", { rows: what === "note" ? 4 : 2, "aria-label": label });
    field.value = before;
    if (what === "tags") field.placeholder = "best, team=vision";
    const save = async () => {
      if (field.value === before) return panel.close();
      try {
        await send(desk, what, run, whole, field.value);
        resolve(true);
        panel.close();
      } catch (error) {
        problem.hidden = false;
        problem.textContent = error instanceof Error ? error.message : String(error);
      }
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void save();
    });
    panel.box.append(
      field,
      problem,
      h(
        "div",
        { class: "nbm-row" },
        button("Save", () => void save(), { class: "nbm-button nbm-primary" }),
        button("Cancel", () => panel.close()),
        h("span", { class: "nbm-q" }, what === "note" ? "Shift+Enter: new line" : "comma between tags"),
      ),
    );
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
}

async function send(desk: Desk, what: "note" | "tags", run: Run, whole: Whole, text: string): Promise<void> {
  if (what === "note") {
    await desk.act("note", { run: run.id, text });
    return;
  }
  for (const [key, value] of tagChanges(whole.tags, text)) await desk.act("tag", { run: run.id, key, value });
}
