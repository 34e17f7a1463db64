import type { Chart } from "./chart";

/** The chart by keyboard: arrows walk through time, + and − zoom around the cursor, 0 or Escape shows all again. */
export function bindKeys(element: HTMLElement, chart: Chart, moved: (at: number) => void, changed: () => void): () => void {
  let at = NaN;
  const handle = (event: KeyboardEvent): void => {
    const { min, max } = chart.window;
    if (!(at >= min && at <= max)) at = min <= 0 && max >= 0 ? 0 : (min + max) / 2;
    const walk = ((max - min) / 100) * (event.shiftKey ? 10 : 1);
    switch (event.key) {
      case "ArrowLeft": at = Math.max(min, at - walk); break;
      case "ArrowRight": at = Math.min(max, at + walk); break;
      case "Home": at = min; break;
      case "End": at = max; break;
      case "+": case "=": chart.window.scale(0.5, at); break;
      case "-": chart.window.scale(2, at); break;
      case "0": case "Escape": chart.reset(); break;
      default: return;
    }
    event.preventDefault();
    chart.pointAt(at);
    moved(at);
    changed();
  };
  const leave = (): void => chart.leave();
  element.addEventListener("keydown", handle);
  element.addEventListener("blur", leave);
  return () => {
    element.removeEventListener("keydown", handle);
    element.removeEventListener("blur", leave);
  };
}
