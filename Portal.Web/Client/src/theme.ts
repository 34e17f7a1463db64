/** Colours and font of the page's theme, read from its custom properties. */
export interface Theme {
  surface: string; line: string; grid: string; ink: string; muted: string; faint: string;
  memory: string; bandwidth: string; writes: string; good: string; warn: string; bad: string; font: string;
}

export function readTheme(element: Element): Theme {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: value("--surface"), line: value("--line"), grid: value("--grid"), ink: value("--ink"), muted: value("--muted"), faint: value("--faint"),
    memory: value("--mem"), bandwidth: value("--bw"), writes: value("--dirty"), good: value("--good"), warn: value("--warn"), bad: value("--bad"),
    font: style.fontFamily,
  };
}

/** Calls back when the theme may have changed: by the person's choice (an attribute or a style of the page) or the system's. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  for (const element of [document.documentElement, document.body])
    observer.observe(element, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", changed);
  };
}
