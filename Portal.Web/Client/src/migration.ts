// The live part of the migration page. The server renders everything around it; this draws the chart and fills the
// figures from the hub, without a round trip through the circuit.
import "uplot/dist/uPlot.min.css";
import "./migration.css";
import { Chart, type Pointed } from "./chart";
import { Figures } from "./figures";
import type { Frame } from "./frames";
import { bindKeys } from "./keys";
import type { Known } from "./known";
import { Latency } from "./latency";
import { Pings } from "./pings";
import { Progress } from "./progress";
import type { Blackout } from "./paint";
import { read } from "./readout";
import { follow } from "./stream";
import { milliseconds } from "./text";
import { watchTheme } from "./theme";
import { Tooltip } from "./tooltip";

const figuresEveryMs = 100;

export function open(root: HTMLElement, hub: string, id: string, known: Known): Live {
  return new Live(root, hub, id, known);
}

class Live {
  private readonly progress = new Progress();
  private readonly pings = new Pings();
  private readonly latency = new Latency();
  private readonly chart: Chart;
  private readonly tooltip: Tooltip;
  private readonly figures: Figures;
  private readonly ends: (() => void)[];
  private ended = false;
  private listeningSince = 0;
  private pending: number[] = [];
  private frame = 0;
  private drawnAt = 0;
  private figuresAt = 0;
  private stale = false;
  private pointed: Pointed | null = null;

  constructor(private readonly root: HTMLElement, hub: string, id: string, private known: Known) {
    const mount = find(root, "[data-chart]"), reset = find(root, "[data-reset]");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.figures = new Figures(root);
    this.chart = new Chart(mount, this.progress, this.pings, calm, (where) => { this.pointed = where; this.readOut(); }, () => this.redraw());
    this.chart.memory = known.memory;
    this.tooltip = new Tooltip(mount);
    const resized = new ResizeObserver(() => this.chart.resize());
    resized.observe(mount);
    const showAll = (): void => this.chart.reset();
    reset.addEventListener("click", showAll);
    const second = setInterval(() => this.report(mount), 1000);
    void document.fonts.ready.then(() => this.chart.retheme());
    this.ends = [
      follow(hub, id, { frames: (batch, first) => this.take(batch, first), waiting: (s) => this.waiting(s), over: () => this.ended || this.known.over }),
      watchTheme(() => this.chart.retheme()),
      bindKeys(mount, this.chart, (at) => this.sayMoment(at), () => this.redraw()),
      () => resized.disconnect(),
      () => reset.removeEventListener("click", showAll),
      () => clearInterval(second),
    ];
    this.redraw();
  }

  /** The server learned more. */
  update(known: Known): void {
    this.known = known;
    this.extend();
    this.stale = true;
    this.redraw();
  }

  dispose(): void {
    for (const end of this.ends) end();
    cancelAnimationFrame(this.frame);
    this.chart.destroy();
  }

  private take(batch: Frame[], first: boolean): void {
    if (first) {
      this.clear();
      // History, of whatever length, was made before this; only what is made from now on tells how fast frames come.
      this.listeningSince = Date.now();
    }
    for (const frame of batch) {
      // A move that begins again, after its worker was lost, is a picture of its own.
      if (frame.k === "phase" && frame.phase === "Check" && frame.state === "started") this.clear();
      else if (frame.k === "progress") this.progress.add(frame);
      else if (frame.k === "pings") this.pings.add(frame);
      else if (frame.k === "end") this.ended = true;
      if (frame.at !== undefined && frame.at >= this.listeningSince) this.pending.push(frame.at);
    }
    this.extend();
    if (first) this.chart.window.settle();
    this.stale = true;
    this.redraw();
  }

  /** Everything from the first ping on, with the move's start in view; of a move that ended before it, what there is. */
  private extend(): void {
    const from = this.pings.count > 0 ? this.pings.sent.at(0) / 1000 : -1;
    const to = Math.max(this.pings.count > 0 ? this.pings.sent.last / 1000 : -Infinity, this.progress.t.length > 0 ? this.progress.t.last : -Infinity);
    this.chart.window.extend(Math.min(-0.1, from), (this.ended || this.known.over) && to > from ? to : Math.max(0.5, to));
  }

  private clear(): void {
    this.progress.clear();
    this.pings.clear();
    this.ended = false;
  }

  private redraw(): void {
    this.frame ||= requestAnimationFrame((now) => this.draw(now));
  }

  private draw(now: number): void {
    this.frame = 0;
    if (this.stale && now - this.figuresAt >= figuresEveryMs) {
      this.stale = false;
      this.figuresAt = now;
      this.chart.blackout = this.blackout();
      this.figures.show(this.progress, this.pings, this.known);
      this.root.toggleAttribute("data-late", this.pings.hasLate);
    }
    const moving = this.chart.draw(this.drawnAt === 0 ? 16 : now - this.drawnAt);
    this.drawnAt = moving ? now : 0;
    this.root.toggleAttribute("data-zoomed", this.chart.window.zoomed);
    for (const at of this.pending) this.latency.add(Date.now() - at);
    this.pending.length = 0;
    if (moving || this.stale) this.redraw();
  }

  /** The receipt's blackout, or until there is one what the pings say so far. */
  private blackout(): Blackout | null {
    if (this.known.blackout !== null) return this.known.blackout;
    const silence = this.pings.longestSilence();
    if (silence === null) return null;
    const label = silence.open && !this.known.over
      ? `no answer for ${milliseconds(silence.ms)}`
      : `blackout ${milliseconds(silence.ms)} · ${this.pings.countSilent()} lost`;
    return { from: silence.from / 1000, to: silence.to / 1000, label };
  }

  private readOut(): void {
    if (this.pointed === null) this.tooltip.hide();
    else this.tooltip.show(this.pointed, read(this.pointed.at, this.pointed.step, this.progress, this.pings));
  }

  private sayMoment(at: number): void {
    const reading = read(at, (this.chart.window.max - this.chart.window.min) / 500, this.progress, this.pings);
    find(this.root, "[data-spoken]").textContent = [reading.time, ...reading.rows.map((row) => `${row.name} ${row.value}`)].join(", ");
  }

  private waiting(seconds: number | null): void {
    const note = find(this.root, "[data-waiting]");
    note.hidden = seconds === null;
    note.textContent = seconds === null ? "" : `No live figures now; asking again in ${Math.ceil(seconds)} s`;
  }

  /** What the chart holds, said where a measurement can read it: pings, whether the stream is over, and how late frames come. */
  private report(element: HTMLElement): void {
    element.dataset["pings"] = this.pings.count.toString();
    element.toggleAttribute("data-complete", this.ended);
    const p95 = this.latency.p95;
    if (p95 !== null) element.dataset["frameLatencyP95"] = p95.toFixed(0);
  }
}

function find(root: ParentNode, selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}
