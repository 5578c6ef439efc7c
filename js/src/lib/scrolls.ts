/** Makes an element reachable with the keyboard while there is more in it than it shows. */
export function reachable<T extends HTMLElement>(el: T, label: string): T {
  const settle = () => {
    const isMore = el.scrollHeight > el.clientHeight + 1 || el.scrollWidth > el.clientWidth + 1;
    if (isMore === el.hasAttribute("tabindex")) return;
    if (isMore) {
      el.tabIndex = 0;
      el.setAttribute("role", "group");
      el.setAttribute("aria-label", label);
    } else for (const name of ["tabindex", "role", "aria-label"]) el.removeAttribute(name);
  };
  if (typeof ResizeObserver === "undefined") return el;
  const observer = new ResizeObserver(settle);
  observer.observe(el); // an element that is gone takes its observer along
  for (const child of el.children) observer.observe(child);
  return el;
}
