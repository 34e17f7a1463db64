/** How old frames are when they are drawn, from the server's clock to this one's; kept for the last minute or so. */
export class Latency {
  private readonly ages = new Float64Array(600);
  private count = 0;

  add(age: number): void {
    this.ages[this.count++ % this.ages.length] = age;
  }

  /** Milliseconds; null before the first live frame. */
  get p95(): number | null {
    if (this.count === 0) return null;
    const sorted = this.ages.slice(0, Math.min(this.count, this.ages.length)).sort();
    return sorted[Math.ceil(sorted.length * 0.95) - 1]!;
  }
}
