/** Base64 as bytes. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Text as base64 of its UTF-8. */
export function base64Of(text: string): string {
  let found = "";
  for (const byte of new TextEncoder().encode(text)) found += String.fromCharCode(byte);
  return btoa(found);
}

const PICTURES = /^image\/(png|jpeg|gif|webp|bmp|avif|svg\+xml)$/;
const SOUNDS = /^(audio|video)\/[a-z0-9.+-]+$/;

/** The address of a picture or sound that stands in the page itself; null for what is neither. */
export function dataUrl(mime: string, base64: string): string | null {
  return PICTURES.test(mime) || SOUNDS.test(mime) ? `data:${mime};base64,${base64}` : null;
}

/** Lets the browser save some bytes under a name. */
export function saveBytes(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.split("/").pop() || "artifact";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
