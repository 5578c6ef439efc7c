const SUPPRESS = "data-lm-suppress-shortcuts";

/**
 * Keeps plain keys that are pressed inside an element for itself: in JupyterLab a letter, an arrow or Enter would else
 * be a command of the notebook. With Ctrl, Alt or Meta they stay JupyterLab's, but for Ctrl+Enter in a field of ours.
 */
export function keepKeys(root: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as Element | null;
    if (!target || !root.contains(target)) return;
    const isModified = event.ctrlKey || event.altKey || event.metaKey;
    const isOurs = !isModified || (event.key === "Enter" && target.matches("input, textarea"));
    target.toggleAttribute(SUPPRESS, isOurs); // on the focused element itself: JupyterLab looks from there upwards
  };
  // JupyterLab listens on the document as events come down: this has to be earlier
  window.addEventListener("keydown", onKey, true);
  return () => window.removeEventListener("keydown", onKey, true);
}
