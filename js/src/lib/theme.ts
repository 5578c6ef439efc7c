/** Calls back when the host switches its theme: what is drawn on a canvas must be drawn again. */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  const options = {
    attributes: true,
    attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class", "data-vscode-theme-kind"],
  };
  observer.observe(document.body, options);
  return () => observer.disconnect();
}

/** The value of a CSS colour variable where the element stands, for a canvas. */
export function cssColour(el: HTMLElement, name: string, fallback: string): string {
  return getComputedStyle(el).getPropertyValue(name).trim() || fallback;
}

/** The colour that lies under an element: that of the nearest one around it which has a ground. */
export function groundUnder(el: Element): string {
  for (let at: Element | null = el; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && colour !== "transparent" && !/^rgba\(.*, 0\)$/.test(colour)) return colour;
  }
  return "transparent";
}
