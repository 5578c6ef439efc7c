import { describe, expect, it, vi } from "vitest";
import { arrange, button, h, s, sandboxed } from "./dom";

const EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script>";

describe("h", () => {
  it("takes text as text, in children and attributes", () => {
    const node = h("div", { title: EVIL, "data-name": EVIL }, EVIL, 3, null, undefined, false);
    expect(node.children).toHaveLength(0);
    expect(node.textContent).toBe(`${EVIL}3`);
    expect(node.title).toBe(EVIL);
  });
  it("listens, sets properties and styles, and leaves out what is not there", () => {
    const onClick = vi.fn();
    const node = h("input", { onClick, value: "a", disabled: false, hidden: true, id: null, style: { "--x": "1px" } });
    node.click();
    expect(onClick).toHaveBeenCalledOnce();
    expect([node.value, node.disabled, node.hidden, node.hasAttribute("id")]).toEqual(["a", false, true, false]);
    expect(node.style.getPropertyValue("--x")).toBe("1px");
  });
  it("never makes a listener of a text", () => {
    const node = h("div", { onclick: "alert(1)" as unknown });
    expect(node.onclick).toBeNull();
    expect(node.outerHTML).not.toContain("alert");
  });
});

describe("s and button", () => {
  it("makes what it says", () => {
    expect(s("path", { d: "M0 0" }).namespaceURI).toBe("http://www.w3.org/2000/svg");
    const made = button("Compare", () => {}, { "aria-pressed": "true" });
    expect([made.type, made.textContent, made.getAttribute("aria-pressed")]).toEqual(["button", "Compare", "true"]);
  });
});

describe("sandboxed", () => {
  it("is a frame without any right, that loads nothing", () => {
    const frame = sandboxed(EVIL, 100, "a{}");
    expect(frame.getAttribute("sandbox")).toBe("");
    expect(frame.srcdoc.startsWith('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'')).toBe(
      true,
    );
    expect(frame.srcdoc.endsWith(EVIL)).toBe(true);
    expect(frame.children).toHaveLength(0);
  });
});

describe("arrange", () => {
  it("puts children in order, takes the others away and keeps the focus", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => button(name, () => {}));
    const parent = h("div", {}, a, b, c);
    document.body.append(parent);
    b!.focus();
    arrange(parent, [d!, c!, b!]);
    expect([...parent.children].map((child) => child.textContent)).toEqual(["d", "c", "b"]);
    expect(document.activeElement).toBe(b);
    arrange(parent, []);
    expect(parent.children).toHaveLength(0);
    parent.remove();
  });
});
