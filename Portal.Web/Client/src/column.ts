/** A column of numbers that grows; views of it cost nothing. */
export class Column {
  private data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    this.set(this.length, value);
  }

  /** Writes at an index; what is skipped on the way there is NaN. */
  set(index: number, value: number): void {
    if (index >= this.data.length) {
      const larger = new Float64Array(Math.max(this.data.length * 2, index + 1));
      larger.set(this.data.subarray(0, this.length));
      this.data = larger;
    }
    if (index > this.length) this.data.fill(NaN, this.length, index);
    this.data[index] = value;
    this.length = Math.max(this.length, index + 1);
  }

  at(index: number): number {
    return index < this.length && index >= 0 ? this.data[index]! : NaN;
  }

  get last(): number {
    return this.at(this.length - 1);
  }

  clear(): void {
    this.length = 0;
  }

  /** First index whose value is not below the given one; values ascend, apart from those that are not numbers. */
  lowerBound(value: number): number {
    let low = 0, high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      let known = middle;
      while (known > low && Number.isNaN(this.data[known]!)) known--;
      if (this.data[known]! >= value) high = known;
      else low = middle + 1;
    }
    return low;
  }
}
