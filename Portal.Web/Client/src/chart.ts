import uPlot from "uplot";
import { readTheme, type Theme } from "./theme";
import { TimeWindow } from "./window";

export interface Pointed { left: number; at: number; step: number }

/** What axes look like, as the theme has it now. */
export interface Look { colours: () => { grid: string; label: string }; font: () => string }

/** What stands on the canvas. */
export interface Picture {
  /** The scales besides time; the first carries the left axis. */
  readonly scales: readonly [string, ...string[]];
  /** The axes besides time. */
  axes(look: Look): uPlot.Axis[];
  /** A moment on the time axis, where two splits are so far apart. */
  moment(at: number, step: number): string;
  /** The limits of each scale for what is in view. */
  fit(window: TimeWindow): readonly { min: number; max: number }[];
  paint(u: uPlot, theme: Theme): void;
}

/** The canvas: uPlot gives scales, axes, cursor and selection; what stands on them is the picture's. */
export class Chart {
  readonly window: TimeWindow;
  private theme: Theme;
  private readonly plot: uPlot;

  constructor(
    private readonly mount: HTMLElement, private readonly picture: Picture,
    calm: boolean, pointed: (where: Pointed | null) => void, private readonly changed: () => void) {
    this.window = new TimeWindow(calm);
    this.theme = readTheme(mount);
    const font = (): string => `11px ${this.theme.font}`;
    const own = (): uPlot.Scale => ({ auto: false, range: (_, min, max) => [min, max] });
    const axes = picture.axes({ colours: () => ({ grid: this.theme.grid, label: this.theme.faint }), font });
    this.plot = new uPlot({
      width: Math.max(mount.clientWidth, 1), height: Math.max(mount.clientHeight, 1),
      // Without an axis on the right the last moment's words need room of their own.
      padding: [24, axes.length > 1 ? 0 : 28, 0, 0],
      legend: { show: false },
      scales: { x: { ...own(), time: false }, ...Object.fromEntries(picture.scales.map((name) => [name, own()])) },
      series: [{}, { scale: picture.scales[0], show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          scale: "x", size: 28, gap: 8, font: font(), stroke: () => this.theme.faint, space: 70,
          grid: { stroke: () => this.theme.grid, width: 1 }, ticks: { show: false },
          values: (_, splits, __, ___, step) => splits.map((at) => picture.moment(at, step)),
        },
        ...axes,
      ],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 }, bind: { dblclick: () => () => { this.reset(); return null; } } },
      hooks: {
        draw: [(u) => picture.paint(u, this.theme)],
        setSelect: [(u) => this.select(u)],
        setCursor: [(u) => pointed(this.pointedAt(u))],
      },
    }, [[-2, 2], [null, null]], mount);
    this.plot.over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Draws one frame; true while something still moves. */
  draw(elapsedMs: number): boolean {
    const moving = this.window.advance(elapsedMs);
    const { min, max } = this.window;
    const limits = this.picture.fit(this.window);
    this.plot.batch(() => {
      this.plot.setScale("x", { min, max });
      this.picture.scales.forEach((name, i) => this.plot.setScale(name, limits[i]!));
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
