import type { Frame } from "./frames";
import { Fate, Pings } from "./pings";
import { Progress } from "./progress";

/** A ping this old, ms, is decided for good. */
const decided = 6000;

/** After so long without a figure, s, none is expected any more. */
const patience = 2.5;

/** One move on the fleet's axis: seconds of the server's clock. */
export class FleetMove {
  private readonly progress = new Progress();
  private readonly pings = new Pings();
  private readonly lost = new Map<number, number>();
  /** The server's clock at the move's own 0, s. */
  private zero = NaN;
  private counted = 0;
  private ended = false;

  constructor(readonly name: string) {}

  add(frame: Frame): void {
    if (frame.at !== undefined && Number.isNaN(this.zero)) this.zero = frame.at / 1000 - frame.t;
    // A move that begins again, after its worker was lost, has an axis of its own.
    if (frame.k === "phase" && frame.phase === "Check" && frame.state === "started") this.begin();
    else if (frame.k === "progress") this.progress.add(frame);
    else if (frame.k === "pings") this.pings.add(frame);
    else if (frame.k === "end") this.ended = true;
  }

  /** Its first and last moment on the axis. */
  get first(): number {
    return this.zero + Math.min(this.progress.t.length > 0 ? this.progress.t.at(0) : Infinity, this.pings.count > 0 ? this.pings.sent.at(0) / 1000 : Infinity);
  }

  get last(): number {
    const last = Math.max(this.progress.t.length > 0 ? this.progress.t.last : -Infinity, this.pings.count > 0 ? this.pings.sent.last / 1000 : -Infinity);
    return Number.isNaN(this.zero) ? -Infinity : this.zero + last;
  }

  /** Bytes a second at a moment; 0 before the copy and after it. */
  rateAt(at: number): number {
    const { t, bandwidth, left } = this.progress;
    if (t.length === 0) return 0;
    const own = at - this.zero, next = t.lowerBound(own);
    if (next === 0 && own < t.at(0)) return 0;
    // The last figure stands until the next one comes, which is soon, or until the copy is over.
    if (next === t.length) return own - t.last > patience || left.last === 0 || this.ended ? 0 : bandwidth.last;
    return bandwidth.at(t.at(next) === own ? next : next - 1);
  }

  /** Lost pings that were sent in a second, by its number on the axis. */
  lostIn(second: number): number {
    return this.lost.get(second) ?? 0;
  }

  /** Counts what was lost: what is decided once, what is not anew, from the beginning of its second. */
  count(): void {
    const { pings } = this;
    if (this.counted >= pings.count) return;
    while (this.counted > 0 && this.secondOf(this.counted - 1) === this.secondOf(this.counted)) this.counted--;
    for (let i = this.counted; i < pings.count; i++) this.lost.delete(this.secondOf(i));
    const now = pings.sent.last;
    for (let i = this.counted; i < pings.count; i++) {
      if (pings.fate(i) === Fate.Silent) this.lost.set(this.secondOf(i), this.lostIn(this.secondOf(i)) + 1);
      if (now - pings.sent.at(i) > decided) this.counted = i + 1;
    }
  }

  private secondOf(ping: number): number {
    return Math.floor(this.zero + this.pings.sent.at(ping) / 1000);
  }

  private begin(): void {
    this.progress.clear();
    this.pings.clear();
    this.lost.clear();
    [this.zero, this.counted, this.ended] = [NaN, 0, false];
  }
}
