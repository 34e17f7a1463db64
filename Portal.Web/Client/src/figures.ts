import type { Known } from "./known";
import type { Pings } from "./pings";
import type { Progress } from "./progress";
import { mib, digits, thin } from "./text";
import { timeLeft } from "./timeleft";

/** The six figures. Each stands in an element the server rendered; only its text changes, so nothing moves. */
export class Figures {
  private readonly slots = new Map<string, Element>();

  private readonly why: Element | null;

  constructor(private readonly root: Element) {
    this.why = root.querySelector("[data-why]");
    for (const slot of root.querySelectorAll("[data-figure]")) this.slots.set(slot.getAttribute("data-figure")!, slot);
  }

  show(progress: Progress, pings: Pings, known: Known): void {
    const { over } = known;
    if (progress.t.length > 0) {
      if (progress.disks > 0) this.set("left", mib(progress.disks), "MiB of disks, then memory");
      else this.set("left", mib(progress.left.last), `MiB of ${mib(progress.total)}`);
      // Of a copy that is over its last figure says nothing: the link was idle by then. The receipt has the whole copy's.
      if (!over) this.set("bandwidth", mib(progress.bandwidth.last), "MiB/s");
      this.set("writes", Number.isNaN(progress.dirty.last) ? "–" : mib(progress.dirty.last), "MiB/s");
      this.set("iteration", progress.iteration.toFixed(0), "");
    }
    const [left, unit, why] = timeLeft(progress, latest(progress, pings), known);
    if (!over) this.set("time", left, unit);
    put(this.why, over || why === "" ? "" : `Takes longer: ${why}`);
    if (pings.count > 0) {
      const silent = pings.countSilent();
      this.set("lost", silent.toLocaleString("en"), `of ${pings.count.toLocaleString("en")} at ${digits(Math.round(pings.intervalMs * 10) / 10)}${thin}ms`);
      if (!over) this.slots.get("lost")?.toggleAttribute("data-bad", silent > 0);
    }
    this.countPhase(progress, pings);
  }

  /** The running phase's time so far; when it ends, the server puts the final one in its place. */
  private countPhase(progress: Progress, pings: Pings): void {
    const slot = this.root.querySelector("[data-running-since]");
    const since = Number(slot?.getAttribute("data-running-since"));
    const now = latest(progress, pings);
    if (slot === null || !(now >= since)) return;
    const time = `${(now - since).toFixed(1)}${thin}s`;
    put(slot, slot.getAttribute("data-phase") === "Copy" && progress.t.length > 0 ? `${time} · ${progress.percent.toFixed(0)}${thin}%` : time);
  }

  private set(name: string, value: string, unit: string): void {
    const slot = this.slots.get(name);
    // The receipt's figures count; a stream that is read again does not change them.
    if (slot?.hasAttribute("data-final")) return;
    put(slot?.querySelector("b"), value);
    put(slot?.querySelector("span"), unit);
  }
}

/** Where the move's axis has come to, seconds. */
function latest(progress: Progress, pings: Pings): number {
  return Math.max(progress.t.length > 0 ? progress.t.last : -Infinity, pings.count > 0 ? pings.sent.last / 1000 : -Infinity);
}

/** Changes the text in place: the node stays the one the server knows. */
function put(element: Element | null | undefined, text: string): void {
  if (!element) return;
  const node = element.firstChild;
  if (!(node instanceof Text)) element.textContent = text;
  else if (node.data !== text) node.data = text;
}
