import { AskError } from "../../lib/ask";
import { button, h } from "../../lib/dom";

/** Something to fill in. */
export interface Edited {
  label: string;
  value: string;
  placeholder: string;
  /** Said beside the buttons. */
  hint: string;
  rows: number;
  /** What it throws is said in the line, and what was typed stays. */
  save(text: string): Promise<void>;
  leave(): void;
}

/** A few lines to fill in: Enter saves, Shift+Enter begins a new line, Escape leaves. */
export function editLine({ label, value, placeholder, hint, rows, save, leave }: Edited): HTMLElement {
  const problem = h("div", { class: "nbm-bad", role: "alert", hidden: true });
  let isSaving = false;
  const submit = async () => {
    if (isSaving) return;
    if (field.value === value) return leave();
    isSaving = true;
    problem.hidden = true;
    try {
      await save(field.value);
    } catch (error) {
      problem.textContent = said(error);
      problem.hidden = false;
      field.focus();
    } finally {
      isSaving = false;
    }
  };
  const field = h("textarea", {
    value,
    rows,
    placeholder,
    onKeydown: (event: KeyboardEvent) => {
      event.stopPropagation();
      if (event.isComposing) return; // the key ends what an input method composes
      if (event.key === "Escape") leave();
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      void submit();
    },
  });
  const line = h(
    "div",
    { class: "nbm-edit" },
    h("label", {}, label, field),
    problem,
    button("Save", () => void submit(), { class: "nbm-button nbm-primary" }),
    button("Cancel", leave),
    h("span", { class: "nbm-q" }, hint),
  );
  queueMicrotask(() => {
    field.focus();
    field.select();
  });
  return line;
}

function said(error: unknown): string {
  if (error instanceof AskError && error.kind === "offline") return `${error.message}: save again when it is back`;
  if (error instanceof AskError && error.hint) return `${error.message}: ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
