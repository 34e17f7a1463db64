import type { Pings } from "./pings";
import { Fate } from "./pings";
import type { Progress } from "./progress";
import { mib, milliseconds, seconds, thin } from "./text";

export interface Reading { time: string; rows: { kind: string; name: string; value: string }[] }

/** What the chart says at one moment. */
export function read(at: number, step: number, progress: Progress, pings: Pings): Reading {
  const rows: Reading["rows"] = [];
  const i = nearest(progress.t, at);
  // Nothing is known about the copy before its first figure or after its last.
  if (progress.t.length > 0 && at >= progress.t.at(0) - step && at <= progress.t.last + step * 4)
    rows.push(
      { kind: "mem", name: "memory left", value: `${mib(progress.left.at(i))}${thin}MiB` },
      { kind: "bw", name: "bandwidth", value: `${mib(progress.bandwidth.at(i))}${thin}MiB/s` },
      { kind: "dirty", name: "guest writes", value: Number.isNaN(progress.dirty.at(i)) ? "not known yet" : `${mib(progress.dirty.at(i))}${thin}MiB/s` });
  const p = nearest(pings.sent, at * 1000);
  if (pings.count > 0 && Math.abs(pings.sent.at(p) / 1000 - at) <= Math.max(step * 4, pings.intervalMs / 500))
    rows.push({ kind: "ping", name: "ping", value: fateInWords(pings, p) });
  return { time: seconds(at, 10 ** Math.floor(Math.log10(step))), rows };
}

function fateInWords(pings: Pings, index: number): string {
  switch (pings.fate(index)) {
    case Fate.Silent: return "no answer";
    case Fate.Late: return `late, ${milliseconds(pings.rttAt(index))}`;
    case Fate.Answered: return milliseconds(pings.rttAt(index));
    case Fate.Stalled: return "does not count: the probe was held up";
    case Fate.Unknown: return "not known";
  }
}

function nearest(times: { lowerBound(value: number): number; at(index: number): number; length: number }, value: number): number {
  const after = Math.min(times.lowerBound(value), times.length - 1);
  return after > 0 && value - times.at(after - 1) < times.at(after) - value ? after - 1 : after;
}
