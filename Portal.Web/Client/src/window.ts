/** The part of the time axis in view, in seconds: everything so far, or what the person zoomed to. */
export class TimeWindow {
  min = -2;
  max = 2;
  private from = -2;
  private to = 2;
  private chosen: { min: number; max: number } | null = null;

  constructor(private readonly calm: boolean) {}

  get zoomed(): boolean {
    return this.chosen !== null;
  }

  /** Everything there is to see. */
  extend(from: number, to: number): void {
    this.from = from;
    // Room on the right for what comes next; without motion the edge moves rarely and at once.
    this.to = this.calm ? Math.ceil(to / 2) * 2 : to;
  }

  /** Moves towards what should be in view; true while still on the way. */
  advance(elapsedMs: number): boolean {
    const goal = this.chosen ?? { min: this.from, max: this.to };
    const share = this.calm ? 1 : 1 - Math.exp(-elapsedMs / 80);
    const near = (goal.max - goal.min) * 1e-4;
    const next = (now: number, wanted: number): number => Math.abs(wanted - now) <= near ? wanted : now + (wanted - now) * share;
    [this.min, this.max] = [next(this.min, goal.min), next(this.max, goal.max)];
    return this.min !== goal.min || this.max !== goal.max;
  }

  /** Jumps to its goal, for the first picture of a history. */
  settle(): void {
    const goal = this.chosen ?? { min: this.from, max: this.to };
    [this.min, this.max] = [goal.min, goal.max];
  }

  /** Shows a part; the whole again when nearly all of it, or more, was asked for. */
  zoom(min: number, max: number): void {
    const whole = this.to - this.from;
    const width = Math.max(max - min, Math.min(0.02, whole));
    if (width >= whole * 0.98) return this.reset();
    const start = Math.min(Math.max(min, this.from), this.to - width);
    this.chosen = { min: start, max: start + width };
  }

  /** Zooms by a factor around a moment that keeps its place; false when there is nothing left to zoom out of. */
  scale(factor: number, around: number): boolean {
    if (factor > 1 && !this.zoomed) return false;
    const { min, max } = this.chosen ?? { min: this.min, max: this.max };
    this.zoom(around - (around - min) * factor, around + (max - around) * factor);
    return true;
  }

  reset(): void {
    this.chosen = null;
  }
}
