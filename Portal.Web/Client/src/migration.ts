// The live part of the migration page. The server renders everything around it; this draws the chart and fills the
// figures from the hub, without a round trip through the circuit.
import "uplot/dist/uPlot.min.css";
import "./migration.css";
import { Figures } from "./figures";
import type { Frame } from "./frames";
import type { Known } from "./known";
import { Latency } from "./latency";
import { MovePicture } from "./movepicture";
import type { Blackout } from "./paint";
import { Pings } from "./pings";
import { Progress } from "./progress";
import { read } from "./readout";
import { find, Stage } from "./stage";
import { follow } from "./stream";
import { milliseconds } from "./text";

export { openFleet } from "./fleet";

const figuresEveryMs = 100;

export function open(root: HTMLElement, hub: string, id: string, known: Known): Live {
  return new Live(root, hub, id, known);
}

class Live {
  private readonly progress = new Progress();
  private readonly pings = new Pings();
  private readonly latency = new Latency();
  private readonly picture: MovePicture;
  private readonly stage: Stage;
  private readonly figures: Figures;
  private readonly ends: (() => void)[];
  private ended = false;
  private listeningSince = 0;
  private pending: number[] = [];
  private figuresAt = 0;
  private stale = false;

  constructor(private readonly root: HTMLElement, hub: string, id: string, private known: Known) {
    const mount = find(root, "[data-chart]");
    this.figures = new Figures(root);
    this.picture = new MovePicture(this.progress, this.pings, known.memory);
    this.stage = new Stage(root, mount, {
      picture: this.picture,
      read: (at, step) => read(at, step, this.progress, this.pings),
      before: (now) => this.before(now),
    });
    const second = setInterval(() => this.report(mount), 1000);
    this.ends = [
      follow<Frame[]>(hub, ["Watch", id], { heard: (batch, first) => this.take(batch, first), waiting: (s) => this.stage.waiting(s), over: () => this.ended || this.known.over }),
      () => clearInterval(second),
      () => this.stage.dispose(),
    ];
  }

  /** The server learned more. */
  update(known: Known): void {
    this.known = known;
    this.extend();
    this.stale = true;
    this.stage.redraw();
  }

  dispose(): void {
    for (const end of this.ends) end();
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
    if (first) this.stage.window.settle();
    this.stale = true;
    this.stage.redraw();
  }

  /** Everything from the first ping on, with the move's start in view; of a move that ended before it, what there is. */
  private extend(): void {
    const from = this.pings.count > 0 ? this.pings.sent.at(0) / 1000 : -1;
    const to = Math.max(this.pings.count > 0 ? this.pings.sent.last / 1000 : -Infinity, this.progress.t.length > 0 ? this.progress.t.last : -Infinity);
    this.stage.window.extend(Math.min(-0.1, from), (this.ended || this.known.over) && to > from ? to : Math.max(0.5, to));
  }

  private clear(): void {
    this.progress.clear();
    this.pings.clear();
    this.ended = false;
  }

  /** Figures and blackout follow at most ten times a second. */
  private before(now: number): boolean {
    if (this.stale && now - this.figuresAt >= figuresEveryMs) {
      this.stale = false;
      this.figuresAt = now;
      this.picture.blackout = this.blackout();
      this.figures.show(this.progress, this.pings, this.known);
      this.root.toggleAttribute("data-late", this.pings.hasLate);
      this.root.toggleAttribute("data-stalled", this.pings.hasStalled);
    }
    for (const at of this.pending) this.latency.add(Date.now() - at);
    this.pending.length = 0;
    return this.stale;
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

  /** What the chart holds, said where a measurement can read it: pings, whether the stream is over, and how late frames come. */
  private report(element: HTMLElement): void {
    element.dataset["pings"] = this.pings.count.toString();
    element.toggleAttribute("data-complete", this.ended);
    const p95 = this.latency.p95;
    if (p95 !== null) element.dataset["frameLatencyP95"] = p95.toFixed(0);
  }
}
