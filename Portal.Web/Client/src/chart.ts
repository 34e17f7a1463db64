import uPlot from "uplot";
import { leftAxis, memoryLimits, niceMemory, niceRate, niceTop, rateLimits, rightAxis, rttLimits, type Tops } from "./panes";
import { paint, type Blackout } from "./paint";
import type { Pings } from "./pings";
import type { Progress } from "./progress";
import { seconds } from "./text";
import { readTheme, type Theme } from "./theme";
import { TimeWindow } from "./window";

export interface Pointed { left: number; at: number; step: number }

/** The canvas: uPlot gives scales, axes, cursor and selection; what stands on them is painted by paint.ts. */
export class Chart {
  readonly window: TimeWindow;
  blackout: Blackout | null = null;
  /** The machine's memory, bytes: the axis until the hypervisor says more exactly. */
  memory = 0;
  private theme: Theme;
  private tops: Tops = { memory: niceMemory(0), rate: niceRate(0), rtt: 2 };
  private readonly plot: uPlot;

  constructor(
    private readonly mount: HTMLElement, private readonly progress: Progress, private readonly pings: Pings,
    calm: boolean, pointed: (where: Pointed | null) => void, private readonly changed: () => void) {
    this.window = new TimeWindow(calm);
    this.theme = readTheme(mount);
    const colours = () => ({ grid: this.theme.grid, label: this.theme.faint });
    const font = () => `11px ${this.theme.font}`;
    const own: uPlot.Scale = { auto: false, range: (_, min, max) => [min, max] };
    this.plot = new uPlot({
      width: Math.max(mount.clientWidth, 1), height: Math.max(mount.clientHeight, 1),
      padding: [24, 0, 0, 0],
      legend: { show: false },
      scales: { x: { time: false, auto: false, range: (_, min, max) => [min, max] }, memory: own, rate: { ...own }, rtt: { ...own } },
      series: [{}, { scale: "memory", show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          scale: "x", size: 28, gap: 8, font: font(), stroke: () => this.theme.faint, space: 70,
          grid: { stroke: () => this.theme.grid, width: 1 }, ticks: { show: false },
          values: (_, splits, __, ___, step) => splits.map((at) => seconds(at, step)),
        },
        leftAxis(() => this.tops, colours, font),
        rightAxis(() => this.tops, colours, font),
      ],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 }, bind: { dblclick: () => () => { this.reset(); return null; } } },
      hooks: {
        draw: [(u) => paint(u, { progress, pings, theme: this.theme, blackout: this.blackout, rttTop: this.tops.rtt })],
        setSelect: [(u) => this.select(u)],
        setCursor: [(u) => pointed(this.pointedAt(u))],
      },
    }, [[-2, 2], [null, null]], mount);
    this.plot.over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Draws one frame; true while something still moves. */
  draw(elapsedMs: number): boolean {
    const moving = this.window.advance(elapsedMs);
    this.fit();
    const { min, max } = this.window;
    this.plot.batch(() => {
      this.plot.setScale("x", { min, max });
      this.plot.setScale("memory", memoryLimits(this.tops));
      this.plot.setScale("rate", rateLimits(this.tops));
      this.plot.setScale("rtt", rttLimits(this.tops));
    });
    return moving;
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.mount;
    if (width > 0 && height > 0 && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
    this.changed();
  }

  retheme(): void {
    this.theme = readTheme(this.mount);
    this.plot.redraw(false, true);
    this.changed();
  }

  reset(): void {
    this.window.reset();
    this.changed();
  }

  /** Moves the cursor to a moment, as the keyboard does. */
  pointAt(at: number): void {
    this.plot.setCursor({ left: this.plot.valToPos(at, "x"), top: 1 });
  }

  /** Takes the cursor away. */
  leave(): void {
    this.plot.setCursor({ left: -10, top: -10 });
  }

  destroy(): void {
    this.plot.destroy();
  }

  private fit(): void {
    const from = this.pings.sent.lowerBound(this.window.min * 1000), to = this.pings.sent.lowerBound(this.window.max * 1000);
    this.tops = {
      memory: niceMemory(this.progress.total || this.memory),
      rate: niceRate(this.progress.peakRate),
      rtt: Math.max(niceTop(this.pings.usualWorst(from, to) * 1.4), 1),
    };
  }

  private select(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    this.window.zoom(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.changed();
  }

  private wheel(event: WheelEvent): void {
    const around = this.plot.posToVal(event.clientX - this.plot.over.getBoundingClientRect().left, "x");
    // The page scrolls when there is nothing to zoom out of.
    if (!this.window.scale(event.deltaY < 0 ? 0.8 : 1.25, around)) return;
    event.preventDefault();
    this.changed();
  }

  private pointedAt(u: uPlot): Pointed | null {
    const left = u.cursor.left ?? -1;
    if (left < 0) return null;
    const step = u.posToVal(1, "x") - u.posToVal(0, "x");
    return { left: left + u.over.offsetLeft, at: u.posToVal(left, "x"), step };
  }
}
