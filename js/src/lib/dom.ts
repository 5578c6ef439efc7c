type Child = Node | string | number | null | undefined | false;
type Props = Record<string, unknown>;

const SVG = "http://www.w3.org/2000/svg";

function fill(node: Element, props: Props, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) {
      // a text would become code
      if (typeof value === "function") node.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    } else if (name === "style" && typeof value === "object") {
      for (const [key, style] of Object.entries(value as Record<string, string>)) {
        (node as HTMLElement).style.setProperty(key, style);
      }
    } else if (["value", "checked", "indeterminate", "disabled", "selected"].includes(name)) {
      (node as unknown as Props)[name] = value;
    } else {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** An HTML element; strings become text, never markup. `onClick` and the like are listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]) {
  const node = document.createElement(tag);
  fill(node, props, children);
  return node;
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]) {
  const node = document.createElementNS(SVG, tag);
  fill(node, props, children);
  return node;
}

/** A button with words. */
export function button(label: string, onClick: (event: MouseEvent) => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "nbm-button", onClick, ...props }, label);
}

/** These children in this order; what stands in its place already is not touched, and the focus stays where it was. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const held = parent.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  let at = parent.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
  if (held && held !== document.activeElement && parent.contains(held)) held.focus({ preventScroll: true });
}

// nothing is loaded from anywhere, whatever the page says
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; font-src data:; form-action 'none'";

/**
 * HTML that somebody logged: in a frame of its own where no script runs, nothing is loaded and nothing around it is
 * reached.
 *
 * @param look CSS that stands before the page's own.
 */
export function sandboxed(page: string, height = 240, look = ""): HTMLIFrameElement {
  const head = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">${look ? `<style>${look}</style>` : ""}`;
  return h("iframe", {
    sandbox: "",
    srcdoc: head + page,
    class: look ? "nbm-frame nbm-clear" : "nbm-frame",
    title: "logged HTML",
    referrerpolicy: "no-referrer",
    style: { height: `${height}px` },
  });
}
