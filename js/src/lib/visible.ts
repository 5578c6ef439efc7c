/** Calls back once, when an element first comes into view (or is near it). */
export function onceVisible(el: Element, callback: () => void, margin = "200px"): () => void {
  if (typeof IntersectionObserver === "undefined") {
    callback();
    return () => {};
  }
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      callback();
    },
    { rootMargin: margin },
  );
  observer.observe(el);
  return () => observer.disconnect();
}
