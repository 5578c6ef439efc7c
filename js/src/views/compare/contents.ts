import type { Desk } from "../../lib/ask";
import { base64Of, dataUrl } from "../../lib/bytes";
import type { Content } from "./data";

/** What one side of a pair turned out to be. */
export interface Loaded {
  /** Address of a picture that stands in the page itself. */
  url: string | null;
  text: string | null;
  /** Why there is nothing. */
  missing: string | null;
}

/** Contents of pairs, each asked for once. */
export class Contents {
  private readonly known = new Map<string, Promise<Loaded>>();

  constructor(private readonly desk: Desk) {}

  load(content: Content): Promise<Loaded> {
    if (content.data) return Promise.resolve(loaded({ mime: content.mime, data: content.data }));
    if (!content.ask) return Promise.resolve(loaded({ missing: "not saved with the notebook" }));
    const key = JSON.stringify(content.ask);
    const known = this.known.get(key);
    if (known) return known;
    const [view, args] = content.ask;
    const asked = this.desk.view<any>(view, args).then((found) => loaded(found.places ? found.places[0] : found));
    asked.catch(() => this.known.delete(key));
    this.known.set(key, asked);
    return asked;
  }
}

/** What the server sends of one value, as it is drawn. */
export function loaded(found: any): Loaded {
  if (!found) return { url: null, text: null, missing: "it is gone" };
  const mime = String(found.mime ?? "");
  if (typeof found.missing === "string") return { url: null, text: null, missing: found.missing };
  if (typeof found.data === "string") {
    const url = dataUrl(mime, found.data);
    return { url, text: null, missing: url ? null : `${mime} cannot be shown here` };
  }
  const text = typeof found.text === "string" ? found.text : "";
  return { url: mime === "image/svg+xml" ? dataUrl(mime, base64Of(text)) : null, text, missing: null };
}
