import { Chart, type Picture, type Pointed } from "./chart";
import { bindKeys } from "./keys";
import type { Reading } from "./readout";
import { watchTheme } from "./theme";
import { Tooltip } from "./tooltip";
import type { TimeWindow } from "./window";

/** What a stage shows and what it says of a moment. */
export interface Act {
  picture: Picture;
  read(at: number, step: number): Reading;
  /** Called before each frame with the clock in ms; true while more is to be drawn later. */
  before(now: number): boolean;
}

/** A chart on its page: drawn when something changes and not more often, resized, themed, read out by pointer and keyboard. */
export class Stage {
  private readonly chart: Chart;
  private readonly tooltip: Tooltip;
  private readonly ends: (() => void)[];
  private frame = 0;
  private drawnAt = 0;

  constructor(private readonly root: HTMLElement, readonly mount: HTMLElement, private readonly act: Act) {
    const reset = find(root, "[data-reset]");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.chart = new Chart(mount, act.picture, calm, (where) => this.readOut(where), () => this.redraw());
    this.tooltip = new Tooltip(mount);
    const resized = new ResizeObserver(() => this.chart.resize());
    resized.observe(mount);
    const showAll = (): void => this.chart.reset();
    reset.addEventListener("click", showAll);
    void document.fonts.ready.then(() => this.chart.retheme());
    this.ends = [
      watchTheme(() => this.chart.retheme()),
      bindKeys(mount, this.chart, (at) => this.sayMoment(at), () => this.redraw()),
      () => resized.disconnect(),
      () => reset.removeEventListener("click", showAll),
    ];
    this.redraw();
  }

  get window(): TimeWindow {
    return this.chart.window;
  }

  redraw(): void {
    this.frame ||= requestAnimationFrame((now) => this.draw(now));
  }

  /** Null: connected. Otherwise how many seconds until the next attempt. */
  waiting(seconds: number | null): void {
    const note = find(this.root, "[data-waiting]");
    note.hidden = seconds === null;
    note.textContent = seconds === null ? "" : `No live figures now; asking again in ${Math.ceil(seconds)} s`;
  }

  dispose(): void {
    for (const end of this.ends) end();
    cancelAnimationFrame(this.frame);
    this.chart.destroy();
  }

  private draw(now: number): void {
    this.frame = 0;
    const more = this.act.before(now);
    const moving = this.chart.draw(this.drawnAt === 0 ? 16 : now - this.drawnAt);
    this.drawnAt = moving ? now : 0;
    this.root.toggleAttribute("data-zoomed", this.window.zoomed);
    if (moving || more) this.redraw();
  }

  private readOut(where: Pointed | null): void {
    if (where === null) this.tooltip.hide();
    else this.tooltip.show(where, this.act.read(where.at, where.step));
  }

  private sayMoment(at: number): void {
    const reading = this.act.read(at, (this.window.max - this.window.min) / 500);
    find(this.root, "[data-spoken]").textContent = [reading.time, ...reading.rows.map((row) => `${row.name} ${row.value}`)].join(", ");
  }
}

export function find(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}
