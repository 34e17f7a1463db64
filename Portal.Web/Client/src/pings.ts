import { Column } from "./column";
import { Late, Lost, Stalled, type PingsFrame } from "./frames";

/** What a ping looks like on the chart. */
export enum Fate { Unknown, Stalled, Answered, Late, Silent }

/** A ping counts as unanswered, until an answer says otherwise, when it is this old. */
const patienceMs = 100;

/** The longest silence between two answers. */
export interface Silence { from: number; to: number; ms: number; open: boolean }

/** Every ping of the move, by sequence number. */
export class Pings {
  readonly sent = new Column();
  private readonly rtt = new Column();
  private readonly flags = new Column();
  private first = -1;

  get count(): number {
    return this.sent.length;
  }

  /** Milliseconds between two pings, as they were really sent; 0 when not known yet. */
  get intervalMs(): number {
    const n = this.count;
    return n < 2 ? 0 : (this.sent.last - this.sent.at(0)) / (n - 1);
  }

  add(frame: PingsFrame): void {
    for (const [sequence, sent, rtt, flags] of frame.s) {
      if (this.first < 0) this.first = sequence;
      const index = sequence - this.first;
      if (index < 0) continue;
      this.sent.set(index, sent);
      this.rtt.set(index, rtt ?? NaN);
      this.flags.set(index, flags);
      if ((flags & Stalled) !== 0) this.hasStalled = true;
      else if ((flags & Late) !== 0) this.hasLate = true;
    }
  }

  rttAt(index: number): number {
    return this.rtt.at(index);
  }

  fate(index: number): Fate {
    const flags = this.flags.at(index);
    const sent = this.sent.at(index);
    if (Number.isNaN(sent)) return Fate.Unknown;
    // The probe itself was held up: whatever came of such a ping says nothing of the machine.
    if ((flags & Stalled) !== 0) return Fate.Stalled;
    if ((flags & Lost) !== 0) return Fate.Silent;
    if ((flags & Late) !== 0) return Fate.Late;
    if (!Number.isNaN(this.rtt.at(index))) return Fate.Answered;
    return this.sent.last - sent > patienceMs ? Fate.Silent : Fate.Unknown;
  }

  countSilent(): number {
    let silent = 0;
    for (let i = 0; i < this.count; i++) if (this.fate(i) === Fate.Silent) silent++;
    return silent;
  }

  /** Whether any answer came after more than a second. */
  hasLate = false;

  /** Whether the probe itself was held up at any time. */
  hasStalled = false;

  /** The blackout as far as it can be told now: the longest gap between consecutive answers since the move started, less the
   *  interval, if a ping went unanswered in it. The receipt, made by the server from the same samples, is what counts. */
  longestSilence(): Silence | null {
    const interval = this.intervalMs;
    let previous = NaN, from = 0, to = 0, unanswered = false, within = false;
    for (let i = 0; i < this.count; i++) {
      const arrived = this.sent.at(i) + this.rtt.at(i);
      if (Number.isNaN(arrived)) {
        unanswered ||= this.fate(i) === Fate.Silent;
        continue;
      }
      if (arrived > 0 && arrived - previous > to - from) [from, to, within] = [previous, arrived, unanswered];
      if (!(previous > arrived)) previous = arrived;
      unanswered = false;
    }
    const now = this.sent.last;
    const open = unanswered && now > 0 && now - previous > to - from;
    if (open) [from, to, within] = [previous, now, true];
    return within ? { from, to, ms: to - from - interval, open } : null;
  }

  /** A round trip that all but one in a hundred stay below, of the pings in a range. */
  usualWorst(from: number, to: number): number {
    const answered: number[] = [];
    const step = Math.max(1, Math.floor((to - from) / 4000));
    for (let i = from; i < to; i += step) {
      const rtt = this.rtt.at(i);
      if (!Number.isNaN(rtt)) answered.push(rtt);
    }
    answered.sort((a, b) => a - b);
    return answered[Math.floor(answered.length * 0.99)] ?? 0;
  }

  clear(): void {
    this.first = -1;
    this.hasLate = this.hasStalled = false;
    for (const column of [this.sent, this.rtt, this.flags]) column.clear();
  }
}
