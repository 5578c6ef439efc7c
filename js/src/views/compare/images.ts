import { button, h } from "../../lib/dom";
import { differing, pixelDifference } from "../../lib/pixels";
import type { Choices } from "./data";

export type ImageMode = Choices["imageMode"];

const MODES: readonly [ImageMode, string][] = [
  ["side", "Side by side"],
  ["swipe", "Swipe"],
  ["difference", "Difference"],
];

/** The buttons that choose how two pictures are compared. */
export function modeButtons(chosen: ImageMode, onMode: (mode: ImageMode) => void): HTMLElement {
  return h(
    "span",
    { class: "nbm-cmp-choice", role: "group", "aria-label": "how to compare the pictures" },
    ...MODES.map(([mode, label]) => button(label, () => onMode(mode), { "aria-pressed": String(mode === chosen) })),
  );
}

/** Two pictures, `old` of the reference; `names` say whose they are. */
export function drawImages(old: string, new_: string, names: [string, string], mode: ImageMode): HTMLElement {
  if (mode === "swipe") return swipe(old, new_, names);
  if (mode === "difference") return difference(old, new_, names);
  return h("div", { class: "nbm-cmp-side" }, figure(old, names[0]), figure(new_, names[1]));
}

/** One picture and whose it is. */
export function figure(url: string, name: string): HTMLElement {
  return h(
    "figure",
    { class: "nbm-cmp-figure" },
    h("img", { src: url, alt: `of ${name}` }),
    h("figcaption", { class: "nbm-q" }, name),
  );
}

function swipe(old: string, new_: string, names: [string, string]): HTMLElement {
  const top = h("img", { src: new_, alt: `of ${names[1]}`, class: "nbm-cmp-top" });
  const stack = h("div", { class: "nbm-cmp-stack" }, h("img", { src: old, alt: `of ${names[0]}` }), top);
  const place = (at: number) => stack.style.setProperty("--nbm-at", `${at}%`);
  const slider = h("input", {
    type: "range",
    min: "0",
    max: "100",
    value: "50",
    "aria-label": `left of it ${names[0]}, right of it ${names[1]}`,
    onInput: () => place(Number(slider.value)),
  });
  stack.addEventListener("pointermove", (event) => {
    const box = stack.getBoundingClientRect();
    const at = Math.min(Math.max(((event.clientX - box.left) / box.width) * 100, 0), 100);
    slider.value = String(at);
    place(at);
  });
  place(50);
  const ends = h("div", { class: "nbm-cmp-ends nbm-q" }, h("span", {}, names[0]), h("span", {}, names[1]));
  return h("div", { class: "nbm-cmp-swipe" }, stack, slider, ends);
}

function difference(old: string, new_: string, names: [string, string]): HTMLElement {
  const canvas = h("canvas", { role: "img", "aria-label": `difference of ${names[0]} and ${names[1]}` });
  const said = h("figcaption", { class: "nbm-q", role: "status" }, "comparing");
  void Promise.all([picture(old), picture(new_)]).then(
    ([a, b]) => {
      const width = Math.max(a.naturalWidth, b.naturalWidth);
      const height = Math.max(a.naturalHeight, b.naturalHeight);
      canvas.width = width;
      canvas.height = height;
      const [left, right] = [a, b].map((image) => pixels(image, width, height));
      const found = pixelDifference(left!, right!);
      canvas.getContext("2d")!.putImageData(new ImageData(found.pixels, width, height), 0, 0);
      const sizes = a.naturalWidth === b.naturalWidth && a.naturalHeight === b.naturalHeight;
      const other = sizes
        ? ""
        : ` · of other sizes: ${a.naturalWidth}×${a.naturalHeight} and ${b.naturalWidth}×${b.naturalHeight}`;
      said.textContent = `${differing(found.share)}${other}`;
      canvas.dataset.share = String(found.share);
    },
    () => {
      said.textContent = "the pictures cannot be compared here";
    },
  );
  return h("figure", { class: "nbm-cmp-figure nbm-cmp-difference" }, canvas, said);
}

async function picture(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

function pixels(image: HTMLImageElement, width: number, height: number): Uint8ClampedArray {
  const canvas = h("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, width, height).data;
}
