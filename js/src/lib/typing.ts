const NO_TEXT = ["range", "checkbox", "radio", "button", "submit", "reset", "color", "file"];

/** Whether somebody is in the middle of a text inside an element; a slider, a box or a choice is none. */
export class Typing {
  private readonly before = new WeakMap<Element, string>();
  private readonly onFocus = (event: FocusEvent) => {
    const field = event.target;
    if (isField(field)) this.before.set(field, field.value);
  };

  constructor(private readonly inside: HTMLElement) {
    inside.addEventListener("focusin", this.onFocus);
  }

  /** A field for text has the focus. */
  get isNear(): boolean {
    return this.field !== null;
  }

  /** What stands in it was changed, or it is one for longer texts. */
  get isOn(): boolean {
    const { field } = this;
    return field !== null && (!isField(field) || field.value !== this.before.get(field));
  }

  private get field(): Element | null {
    const active = document.activeElement;
    if (!active || !this.inside.contains(active)) return null;
    return isField(active) || active.matches("textarea, [contenteditable]") ? active : null;
  }
}

function isField(node: unknown): node is HTMLInputElement {
  return node instanceof HTMLInputElement && !NO_TEXT.includes(node.type);
}
