import type uPlot from "uplot";
import type { Look, Picture } from "./chart";
import type { FleetMove } from "./fleetmove";
import { groupSize, title } from "./paint";
import { limits, niceRate, niceTop, sharedAxis } from "./panes";
import type { Reading } from "./readout";
import { digits, mib, thin } from "./text";
import type { Theme } from "./theme";
import type { TimeWindow } from "./window";

const mebi = 1024 * 1024;
const mostRows = 8;

/** It is lower than a move's own picture, and the words between its panes need their line. */
const upperEnd = 0.52, lowerStart = 0.7;

type Moves = ReadonlyMap<string, FleetMove>;

/** Every move on one axis: bandwidth above, one on top of the other, lost pings of each second below. */
export class FleetPicture implements Picture {
  readonly scales = ["rate", "lost"] as const;
  private tops = { rate: 8 * mebi, lost: 4 };

  constructor(private readonly moves: Moves) {}

  axes(look: Look): uPlot.Axis[] {
    return [sharedAxis("rate", () => [
      { limits: this.limits()[0], marks: [0, this.tops.rate / 2, this.tops.rate], text: (rate) => digits(rate / mebi) },
      { limits: this.limits()[1], marks: [0, this.tops.lost], text: digits },
    ], look)];
  }

  moment(at: number, step: number): string {
    return clock(at, step < 60);
  }

  fit({ min, max }: TimeWindow): { min: number; max: number }[] {
    for (const move of this.moves.values()) move.count();
    let rate = 0, lost = 0;
    const step = Math.max((max - min) / 400, 0.1);
    for (let at = min; at <= max; at += step) rate = Math.max(rate, sum(this.moves, (move) => move.rateAt(at)));
    for (let second = Math.floor(min); second <= max; second++) lost = Math.max(lost, sum(this.moves, (move) => move.lostIn(second)));
    this.tops = { rate: niceRate(rate) || 8 * mebi, lost: Math.max(niceTop(lost), 4) };
    return [...this.limits()];
  }

  paint(u: uPlot, theme: Theme): void {
    const { ctx, bbox } = u;
    const dpr = devicePixelRatio;
    ctx.save();
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    this.rates(u, theme, dpr);
    this.losses(u, theme, dpr);
    ctx.restore();
    title(u, theme, "MiB/s", "right", bbox.left - 6 * dpr, 0);
    title(u, theme, "lost pings a second", "left", bbox.left, lowerStart);
    ctx.restore();
  }

  private limits(): readonly [{ min: number; max: number }, { min: number; max: number }] {
    return [limits(this.tops.rate, 0, upperEnd), limits(this.tops.lost, lowerStart, 1)];
  }

  /** The newest move on top; a thin line of the background keeps one from the other. */
  private rates(u: uPlot, theme: Theme, dpr: number): void {
    const { ctx, bbox } = u;
    const step = 2 * dpr, columns = Math.ceil(bbox.width / step) + 1;
    const floor = new Float64Array(columns);
    for (const move of this.moves.values()) {
      const path = new Path2D(), edge = new Path2D();
      let any = false;
      const y = (rate: number): number => u.valToPos(rate, "rate", true);
      const before = floor.slice();
      for (let i = 0; i < columns; i++) {
        const x = bbox.left + i * step, rate = move.rateAt(u.posToVal(x, "x", true));
        any ||= rate > 0;
        floor[i]! += rate;
        path.lineTo(x, y(floor[i]!));
        edge.lineTo(x, y(floor[i]!));
      }
      if (!any) continue;
      for (let i = columns - 1; i >= 0; i--) path.lineTo(bbox.left + i * step, y(before[i]!));
      ctx.fillStyle = theme.bandwidth;
      ctx.globalAlpha = 0.35;
      ctx.fill(path);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = theme.surface;
      ctx.lineWidth = dpr;
      ctx.stroke(edge);
    }
    const total = new Path2D();
    for (let i = 0; i < columns; i++) total.lineTo(bbox.left + i * step, u.valToPos(floor[i]!, "rate", true));
    ctx.strokeStyle = theme.bandwidth;
    ctx.lineWidth = 1.5 * dpr;
    ctx.stroke(total);
  }

  /** Where there are more seconds than pixels, a bar is as high as the worst of its seconds. */
  private losses(u: uPlot, theme: Theme, dpr: number): void {
    const { ctx } = u;
    const { min, max } = u.scales["x"]!;
    const pitch = u.valToPos(1, "x", true) - u.valToPos(0, "x", true), group = groupSize(pitch, 3 * dpr);
    const zero = u.valToPos(0, "lost", true);
    ctx.fillStyle = theme.bad;
    for (let second = Math.floor(min! / group) * group; second <= max!; second += group) {
      let worst = 0;
      for (let i = second; i < second + group; i++) worst = Math.max(worst, sum(this.moves, (move) => move.lostIn(i)));
      const top = u.valToPos(worst, "lost", true), x = u.valToPos(second, "x", true);
      if (worst > 0) ctx.fillRect(x, Math.min(top, zero - 2 * dpr), Math.max(Math.min(pitch * group * 0.8, 24 * dpr), dpr), Math.max(zero - top, 2 * dpr));
    }
  }
}

/** What the axis says at one moment: the whole, then each move. */
export function readFleet(moves: Moves, at: number): Reading {
  const second = Math.floor(at);
  const there = [...moves.values()].filter((move) => move.first <= at && at <= move.last);
  const rows = there.slice(0, mostRows).map((move) => ({ kind: "bw", name: move.name, value: `${mib(move.rateAt(at))}${thin}MiB/s${move.lostIn(second) > 0 ? `, ${move.lostIn(second)} lost` : ""}` }));
  const lost = sum(moves, (move) => move.lostIn(second));
  return {
    time: clock(at, true),
    rows: [
      ...rows,
      ...(there.length > mostRows ? [{ kind: "bw", name: "and others", value: `${there.length - mostRows}` }] : []),
      ...(there.length > 1 ? [{ kind: "bw", name: "together", value: `${mib(sum(moves, (move) => move.rateAt(at)))}${thin}MiB/s` }] : []),
      ...(lost > 0 ? [{ kind: "lost", name: "lost pings", value: `${lost} in this second` }] : []),
    ],
  };
}

function sum(moves: Moves, of: (move: FleetMove) => number): number {
  let all = 0;
  for (const move of moves.values()) all += of(move);
  return all;
}

/** The time of day where the reader is. */
function clock(at: number, seconds: boolean): string {
  return new Date(at * 1000).toLocaleTimeString("en-GB", seconds ? {} : { hour: "2-digit", minute: "2-digit" });
}
