type Child = Node | string | number | null | undefined | false;
type Props = Record<string, unknown>;

const SVG = "http://www.w3.org/2000/svg";

function fill(node: Element, props: Props, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      node.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
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

/** HTML that somebody logged: in a frame of its own where no script runs and nothing around it is reached. */
export function sandboxed(page: string, height = 240): HTMLIFrameElement {
  return h("iframe", {
    sandbox: "",
    srcdoc: page,
    class: "nbm-frame",
    title: "logged HTML",
    style: { height: `${height}px` },
  });
}
