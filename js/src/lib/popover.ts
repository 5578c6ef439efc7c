import { h } from "./dom";

/** An open panel beside what opened it. */
export interface Popover {
  box: HTMLElement;
  close(): void;
}

const open = new WeakMap<HTMLElement, Popover>();

/**
 * A panel over the page, below `anchor` (or above, where there is no room). Escape and a press elsewhere close it;
 * the focus goes back to where it was. It stands in the top layer: no cell, panel or scroller cuts it. Where one hangs
 * on `anchor` already, that is closed and none is opened: what comes back is on no page.
 *
 * @param options `root` is the view to stand in if `anchor` is gone; without it the one that has the focus.
 */
export function openPopover(
  anchor: HTMLElement,
  label: string,
  options: { onClose?: () => void; className?: string; root?: HTMLElement } = {},
): Popover {
  const before = document.activeElement as HTMLElement | null;
  const view = viewOf(anchor) ?? options.root ?? viewOf(before) ?? document.body;
  const box = h("div", { class: `nbm-popover ${options.className ?? ""}`, role: "dialog", "aria-label": label });
  const known = open.get(anchor);
  if (known) {
    known.close();
    options.onClose?.();
    return { box, close: () => {} };
  }
  box.setAttribute("popover", "manual");
  view.append(box);
  let isOpen = true;
  const { left, top } = view.getBoundingClientRect();
  let at = new DOMRect(left, Math.max(8, top), 0, 0);
  const place = () => {
    if (anchor.isConnected) at = anchor.getBoundingClientRect(); // else it stays where it was
    const { offsetWidth: width, offsetHeight: height } = box;
    const isAbove = at.bottom + height > innerHeight - 8 && at.top > innerHeight - at.bottom;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    box.style.top = `${isAbove ? Math.max(8, at.top - height - 2) : at.bottom + 2}px`;
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    open.delete(anchor);
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
  const popover = { box, close };
  open.set(anchor, popover);
  return popover;
}

function viewOf(node: Element | null): HTMLElement | null {
  return node?.closest<HTMLElement>(".nbm-view") ?? null;
}
