import type uPlot from "uplot";
import type { Look, Picture } from "./chart";
import { paint, type Blackout } from "./paint";
import { leftAxis, memoryLimits, niceMemory, niceRate, niceTop, rateLimits, rightAxis, rttLimits, type Tops } from "./panes";
import type { Pings } from "./pings";
import type { Progress } from "./progress";
import { seconds } from "./text";
import type { Theme } from "./theme";
import type { TimeWindow } from "./window";

/** One move: memory, bandwidth and writes above, every ping below, the blackout through both. */
export class MovePicture implements Picture {
  readonly scales = ["memory", "rate", "rtt"] as const;
  blackout: Blackout | null = null;
  private tops: Tops = { memory: niceMemory(0), rate: niceRate(0), rtt: 2 };

  /** memory: the machine's, bytes; the axis until the hypervisor says more exactly. */
  constructor(private readonly progress: Progress, private readonly pings: Pings, private readonly memory: number) {}

  axes(look: Look): uPlot.Axis[] {
    return [leftAxis(() => this.tops, look), rightAxis(() => this.tops, look)];
  }

  moment(at: number, step: number): string {
    return seconds(at, step);
  }

  fit(window: TimeWindow): { min: number; max: number }[] {
    const from = this.pings.sent.lowerBound(window.min * 1000), to = this.pings.sent.lowerBound(window.max * 1000);
    this.tops = {
      memory: niceMemory(this.progress.total || this.memory),
      rate: niceRate(this.progress.peakRate),
      rtt: Math.max(niceTop(this.pings.usualWorst(from, to) * 1.4), 1),
    };
    return [memoryLimits(this.tops), rateLimits(this.tops), rttLimits(this.tops)];
  }

  paint(u: uPlot, theme: Theme): void {
    paint(u, { progress: this.progress, pings: this.pings, theme, blackout: this.blackout, rttTop: this.tops.rtt });
  }
}
