/** Events a second, averaged over about the last five seconds. */
export class Rate {
  private perSecond = 0;
  private pending = 0;
  private since = performance.now();

  add(count: number): void {
    this.pending += count;
    this.settle();
  }

  get value(): number {
    this.settle();
    return Math.round(this.perSecond);
  }

  private settle(): void {
    const now = performance.now();
    const seconds = (now - this.since) / 1_000;
    if (seconds < 0.25) return;
    const weight = 1 - Math.exp(-seconds / 5);
    this.perSecond += (this.pending / seconds - this.perSecond) * weight;
    this.pending = 0;
    this.since = now;
  }
}
