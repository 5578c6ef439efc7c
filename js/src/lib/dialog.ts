import { button, h } from "./dom";

/** An open dialog. */
export interface Dialog {
  body: HTMLElement;
  close(): void;
}

/**
 * A dialog over the page: the focus stays in it, Escape and a click beside it close it, then the focus goes back.
 *
 * @param host an element of the view: the dialog takes its colours.
 * @param onKey is asked first about every key.
 */
export function openDialog(
  host: HTMLElement,
  title: string,
  options: { onKey?: (event: KeyboardEvent) => void; onClose?: () => void } = {},
): Dialog {
  const before = document.activeElement as HTMLElement | null;
  const body = h("div", { class: "nbm-dialog-body" });
  const box = h("dialog", { class: "nbm-dialog", "aria-label": title });
  const shut = button("Close", () => box.close());
  box.append(h("div", { class: "nbm-dialog-head" }, h("b", {}, title), shut), body);
  // keys pressed here are none of the notebook's
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    options.onKey?.(event);
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("close", () => {
    box.remove();
    options.onClose?.();
    before?.focus?.();
  });
  host.append(box);
  box.showModal();
  shut.focus();
  return { body, close: () => box.close() };
}
