import { Column } from "./column";
import type { ProgressFrame } from "./frames";

/** The copy's figures over time. */
export class Progress {
  readonly t = new Column();
  readonly left = new Column();
  readonly bandwidth = new Column();
  readonly dirty = new Column();
  total = 0;
  /** Disks still to be copied, bytes: they go before memory. */
  disks = 0;
  iteration = 0;
  percent = 0;
  peakRate = 0;
  /** How long it still takes, as the server said at that moment; null while it says nothing. Most is infinite while no end is in sight. */
  eta: { t: number; least: number; most: number; why: string } | null = null;

  add(frame: ProgressFrame): void {
    if (frame.total <= 0) return;
    this.disks = frame.dleft ?? 0;
    this.iteration = frame.it;
    this.percent = frame.pct;
    this.eta = frame.least === undefined ? null : { t: frame.t, least: frame.least, most: frame.most ?? Infinity, why: frame.why ?? "" };
    // The hypervisor goes on telling the last figures after the copy; they are no news.
    if (frame.left === 0 && this.left.last === 0) return;
    this.t.push(frame.t);
    this.left.push(frame.left);
    this.bandwidth.push(frame.bw);
    // During the first pass nobody knows.
    this.dirty.push(frame.dirty ?? NaN);
    this.total = Math.max(this.total, frame.total);
    this.peakRate = Math.max(this.peakRate, frame.bw, frame.dirty ?? 0);
  }

  clear(): void {
    for (const column of [this.t, this.left, this.bandwidth, this.dirty]) column.clear();
    this.total = this.disks = this.iteration = this.percent = this.peakRate = 0;
    this.eta = null;
  }
}
