import type uPlot from "uplot";
import type { Look } from "./chart";
import { digits, mib } from "./text";

/** Memory and rates above, pings below, on one canvas and one time axis: fractions of the plotting height, from the top. */
export const upperEnd = 0.56, lowerStart = 0.66;

const mebi = 1024 * 1024;

/** Upper ends of what the panes show, in bytes, bytes a second and milliseconds. */
export interface Tops { memory: number; rate: number; rtt: number }

/** A scale whose 0 is at one height of the canvas and whose top is at another, as limits of the whole canvas. */
export function limits(top: number, topAt: number, zeroAt: number): { min: number; max: number } {
  const perHeight = top / (zeroAt - topAt);
  return { min: -perHeight * (1 - zeroAt), max: top + perHeight * topAt };
}

export const memoryLimits = (tops: Tops) => limits(tops.memory, 0, upperEnd);
export const rateLimits = (tops: Tops) => limits(tops.rate || 1, 0, upperEnd);
export const rttLimits = (tops: Tops) => limits(tops.rtt, lowerStart, 1);

/** The next 1, 2, 4 or 8 times a power of ten: its quarters are short numbers too. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 8, 10].find((f) => f * power >= value * 0.999) ?? 10;
  return factor * power;
}

/** The same for rates, which are told in MiB a second; 0 while there is none. */
export const niceRate = (bytes: number): number => bytes > 0 ? niceTop(bytes / mebi) * mebi : 0;

/** A whole number of quarters, in steps that suit memory: 96, 128, 160, 192, 256, 384, 512 … MiB. */
export function niceMemory(bytes: number): number {
  const value = Math.max(bytes / mebi, 4);
  // Firmware and video memory come on top of the machine's own: a little more than a round figure is that figure.
  const power = 2 ** Math.floor(Math.log2(value));
  const factor = [1, 1.25, 1.5, 1.75, 2].find((f) => f * power >= value * 0.96) ?? 2;
  return factor * power * mebi;
}

const quarters = (top: number): number[] => [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);

/** One pane of a shared axis: its limits on the whole canvas, and where it is marked with what. */
export interface Pane { limits: { min: number; max: number }; marks: number[]; text(mark: number): string }

/** One axis that carries both panes, told apart by where they stand. It belongs to the upper one's scale. */
export function sharedAxis(scale: string, panes: () => readonly [upper: Pane, lower: Pane], { colours, font }: Look): uPlot.Axis {
  const raise = (mark: number, { limits: upper }: Pane, { limits: lower }: Pane): number =>
    upper.min + ((mark - lower.min) / (lower.max - lower.min)) * (upper.max - upper.min);
  return {
    scale, side: 3, size: 46, gap: 6, font: font(), stroke: () => colours().label,
    grid: { stroke: () => colours().grid, width: 1 }, ticks: { show: false },
    splits: () => { const [upper, lower] = panes(); return [...upper.marks, ...lower.marks.map((mark) => raise(mark, upper, lower))]; },
    values: () => panes().flatMap((pane) => pane.marks.map((mark) => pane.text(mark))),
  };
}

export const leftAxis = (tops: () => Tops, look: Look): uPlot.Axis => sharedAxis("memory", () => [
  { limits: memoryLimits(tops()), marks: quarters(tops().memory), text: mib },
  { limits: rttLimits(tops()), marks: [0, tops().rtt / 2, tops().rtt], text: digits },
], look);

export function rightAxis(tops: () => Tops, { colours, font }: Look): uPlot.Axis {
  return {
    scale: "rate", side: 1, size: 44, gap: 6, font: font(), stroke: () => colours().label,
    grid: { show: false }, ticks: { show: false },
    splits: () => quarters(tops().rate),
    values: () => quarters(tops().rate).map((rate) => tops().rate > 0 ? digits(rate / mebi) : ""),
  };
}
