import { h } from "./dom";

/** An open panel beside what opened it. */
export interface Popover {
  box: HTMLElement;
  close(): void;
}

/**
 * A panel over the page, below `anchor` (or above, where there is no room). Escape and a press elsewhere close it;
 * the focus goes back to where it was. It stands in the top layer: no cell, panel or scroller cuts it.
 */
export function openPopover(
  anchor: HTMLElement,
  label: string,
  options: { onClose?: () => void; className?: string } = {},
): Popover {
  const before = document.activeElement as HTMLElement | null;
  const view = anchor.closest<HTMLElement>(".nbm-view") ?? document.body;
  const box = h("div", { class: `nbm-popover ${options.className ?? ""}`, role: "dialog", "aria-label": label });
  box.setAttribute("popover", "manual");
  view.append(box);
  let isOpen = true;
  const place = () => {
    const at = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const isAbove = at.bottom + height > innerHeight - 8 && at.top > innerHeight - at.bottom;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    box.style.top = `${isAbove ? Math.max(8, at.top - height - 2) : at.bottom + 2}px`;
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    const hadFocus = box.contains(document.activeElement);
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("scroll", onScroll, true);
    anchor.removeAttribute("aria-expanded");
    box.remove();
    options.onClose?.();
    if (hadFocus) (before?.isConnected ? before : anchor).focus({ preventScroll: true });
  };
  const onPress = (event: PointerEvent) => {
    const target = event.target as Node;
    if (!box.contains(target) && !anchor.contains(target)) close();
  };
  const onScroll = (event: Event) => {
    if (!box.contains(event.target as Node)) place();
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("scroll", onScroll, true);
  anchor.setAttribute("aria-expanded", "true");
  box.showPopover?.();
  // what fills the box comes after this: place it when it has its size
  queueMicrotask(() => isOpen && place());
  return { box, close };
}
