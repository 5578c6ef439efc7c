import { button, h } from "../../lib/dom";
import type { Stage } from "../../lib/stage";
import type { RunData } from "./data";

// what was typed and not saved, by run: it survives refreshes, redraws and a reload of the page
const drafts = new Map<string, string>();
const slot = (run: string) => `nbmlops-note-${run}`;

function draftOf(run: string): string | undefined {
  const known = drafts.get(run);
  if (known !== undefined) return known;
  try {
    return sessionStorage.getItem(slot(run)) ?? undefined;
  } catch {
    return undefined;
  }
}

function keepDraft(run: string, text: string | null): void {
  if (text === null) drafts.delete(run);
  else drafts.set(run, text);
  try {
    if (text === null) sessionStorage.removeItem(slot(run));
    else sessionStorage.setItem(slot(run), text);
  } catch {
    // a page without storage keeps it in memory
  }
}

/** The note of a run: plain text; Edit opens a field, Ctrl+Enter saves, Escape leaves it as it was. */
export class Note {
  readonly node = h("div", { class: "nbm-note" });
  private data: RunData;
  private isEditing = false;

  constructor(
    private readonly stage: Stage<{ run: string }, RunData>,
    data: RunData,
    private readonly changed: () => Promise<void>,
  ) {
    this.data = data;
    const draft = draftOf(data.run.id);
    if (draft !== undefined && draft !== (data.note ?? "")) this.edit(draft, false);
    else this.show();
  }

  /** Newer data: never touches what somebody is writing. */
  patch(data: RunData): void {
    const isSame = data.note === this.data.note && data.is_note_cut === this.data.is_note_cut;
    this.data = data;
    if (!this.isEditing && !isSame) this.show();
  }

  private show(focus = false): void {
    this.isEditing = false;
    const { note, is_note_cut } = this.data;
    const edit = button(note ? "Edit note" : "Add a note", () => void this.begin(), {
      class: "nbm-button nbm-quiet-button",
    });
    const parts: (Node | false)[] = [
      !!note && h("div", { class: "nbm-note-text" }, note),
      is_note_cut && h("div", { class: "nbm-q" }, "The beginning of a longer note."),
      edit,
    ];
    this.node.classList.toggle("nbm-note-none", !note);
    this.node.replaceChildren(...parts.filter((part): part is Node => part !== false));
    if (focus) edit.focus();
  }

  private async begin(): Promise<void> {
    let text = this.data.note ?? "";
    try {
      if (this.data.is_note_cut) {
        text = (await this.stage.desk.view("run/note", { run: this.data.run.id })).note ?? "";
      }
      this.edit(text, true);
    } catch (error) {
      this.stage.say(error);
    }
  }

  private edit(text: string, focus: boolean): void {
    this.isEditing = true;
    const run = this.data.run.id;
    const field = h("textarea", { class: "nbm-note-field", value: text, "aria-label": "note", rows: 4 });
    const save = button("Save", () => void keep(), { class: "nbm-button nbm-primary" });
    const leave = () => {
      keepDraft(run, null);
      this.show(true);
    };
    const keep = async () => {
      save.disabled = field.readOnly = true;
      try {
        await this.stage.desk.act("note", { run, text: field.value });
        keepDraft(run, null);
        this.data = { ...this.data, note: field.value || null, is_note_cut: false };
        this.show(true);
        await this.changed();
      } catch (error) {
        save.disabled = field.readOnly = false;
        this.stage.say(error);
      }
    };
    field.addEventListener("input", () => keepDraft(run, field.value));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the notebook has meanings of its own for these keys
      if (event.key === "Escape") leave();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void keep();
      }
    });
    this.node.classList.remove("nbm-note-none");
    const hint = h("span", { class: "nbm-q" }, "Ctrl+Enter saves · Escape leaves it as it was");
    this.node.replaceChildren(field, h("div", { class: "nbm-note-foot" }, save, button("Cancel", leave), hint));
    if (focus) field.focus();
  }
}
