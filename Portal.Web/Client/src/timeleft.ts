import type { Known } from "./known";
import type { Progress } from "./progress";

type Foretold = Pick<Known, "predicted" | "arrived">;

/** What a promise of an end rested on. */
interface Grounds { bandwidth: number; dirty: number; iteration: number }

/**
 * How long a move still takes until it runs at the destination, as a range. It counts down with the clock and shrinks when the copy does
 * better; where it has to rise it says why, in a few words that stay until it is no longer than was said before.
 */
export class TimeLeft {
  private until = Infinity;
  private grounds: Grounds | null = null;
  private why = "";

  /** The range and its unit, with the reason where it rose. */
  show(progress: Progress, now: number, known: Foretold): [text: string, unit: string] {
    if (known.arrived) return ["0", "s"];
    const found = estimate(progress);
    if (found === null) return this.foretell(now, known.predicted);
    if (known.predicted !== null && this.grounds === null) this.promise(Math.max(now, 0) + Math.max(known.predicted - Math.max(now, 0), 0), null);
    this.hold(now, found.most, { bandwidth: progress.bandwidth.last, dirty: progress.dirty.last, iteration: progress.iteration });
    const unit = this.why === "" ? "s" : `s: ${this.why}`;
    const most = Math.ceil(this.until - now), least = Math.min(Math.floor(found.least), most);
    if (!Number.isFinite(most)) return [`> ${Math.floor(found.least)}`, unit];
    if (most <= 0) return ["soon", ""];
    return [least >= most ? `${most}` : `${least}–${most}`, unit];
  }

  /** Before the copy tells anything there is what was foretold, less what has passed. */
  private foretell(now: number, predicted: number | null): [string, string] {
    if (predicted === null || !Number.isFinite(now)) return ["–", ""];
    const left = predicted - Math.max(now, 0);
    return left >= 0.5 ? [`~${Math.ceil(left)}`, "s"] : ["soon", ""];
  }

  private hold(now: number, most: number, grounds: Grounds): void {
    const end = now + most;
    // What differs by less than a second, or a sixth of what is left, is the estimate's own unrest.
    const unrest = Number.isFinite(most) ? Math.max(1, most / 6) : 0;
    if (end <= this.until) {
      if (end < this.until - unrest) this.why = "";
      this.promise(end, grounds);
    } else if (end > this.until + unrest) {
      this.why = reason(grounds, this.grounds);
      this.promise(end, grounds);
    }
  }

  private promise(end: number, grounds: Grounds | null): void {
    this.until = end;
    if (grounds !== null) this.grounds = grounds;
  }
}

/** Seconds between "nothing is written meanwhile" and "every write is sent again"; null while the copy says nothing. */
function estimate(progress: Progress): { least: number; most: number } | null {
  const left = progress.left.last + progress.disks, bandwidth = progress.bandwidth.last, dirty = progress.dirty.last;
  if (!(left > 0 && bandwidth > 0)) return null;
  return { least: left / bandwidth, most: dirty >= bandwidth ? Infinity : left / (bandwidth - dirty) };
}

/** Why an end is later than was said, by what changed most plainly since. */
function reason(now: Grounds, then: Grounds | null): string {
  if (now.dirty >= now.bandwidth) return "the guest writes faster than it is copied";
  if (then === null) return "longer than was foretold";
  if (now.bandwidth < 0.8 * then.bandwidth) return "the network carries less than before";
  if (now.dirty > 1.25 * then.dirty) return "the guest writes more than before";
  return now.iteration > then.iteration ? "what it wrote is sent again" : "the copy is slower than it was";
}
