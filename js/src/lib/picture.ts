import { base64Of, dataUrl } from "./bytes";
import { openDialog } from "./dialog";
import { h } from "./dom";

/** The content of a value as the desk answers it: see `nbmlops/tracking/browse/contents.py`. */
export interface Content {
  mime: string;
  size?: number | null;
  text?: string;
  data?: string;
  is_cut?: boolean;
  missing?: string;
}

/** The address of a picture in the page itself; SVG too is only ever an image, where no script of it runs. */
export function pictureUrl(content: Content): string | null {
  if (content.data) return dataUrl(content.mime, content.data);
  if (content.mime === "image/svg+xml" && content.text && !content.is_cut) {
    return dataUrl(content.mime, base64Of(content.text));
  }
  return null;
}

/** A picture that a click or Enter enlarges. */
export function picture(url: string, name: string, host: HTMLElement): HTMLElement {
  const enlarge = () => {
    const { body } = openDialog(host, name);
    body.append(h("img", { src: url, alt: name, class: "nbm-picture-large" }));
  };
  return h(
    "button",
    { type: "button", class: "nbm-picture", title: "Enlarge", "aria-label": `Enlarge ${name}`, onClick: enlarge },
    h("img", { src: url, alt: name }),
  );
}

/** Sound or film with the browser's own controls; never plays by itself. */
export function player(mime: string, url: string, label: string): HTMLElement {
  const tag = mime.startsWith("video/") ? "video" : "audio";
  return h(tag, { controls: true, preload: "metadata", src: url, class: "nbm-player", "aria-label": label });
}
