import type uPlot from "uplot";
import { Fate, type Pings } from "./pings";
import type { Progress } from "./progress";
import { lowerStart } from "./panes";
import type { Column } from "./column";
import type { Theme } from "./theme";

/** What is drawn. */
export interface Scene { progress: Progress; pings: Pings; theme: Theme; blackout: Blackout | null; rttTop: number }

/** From and to in seconds. */
export interface Blackout { from: number; to: number; label: string }

/** Draws everything but the axes; called by uPlot after them, in canvas pixels. */
export function paint(u: uPlot, scene: Scene): void {
  const { ctx, bbox } = u;
  const dpr = devicePixelRatio;
  // uPlot remembers what it set on the context, so everything is put back.
  ctx.save();
  shade(u, scene, dpr);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 12 * dpr, bbox.width, bbox.height + 12 * dpr);
  ctx.clip();
  bars(u, scene, dpr);
  area(u, scene);
  line(u, scene, scene.progress.bandwidth, "rate", scene.theme.bandwidth, 1.5 * dpr);
  line(u, scene, scene.progress.dirty, "rate", scene.theme.writes, 1.5 * dpr);
  line(u, scene, scene.progress.left, "memory", scene.theme.memory, 1.75 * dpr);
  start(u, scene, dpr);
  ctx.restore();
  label(u, scene, dpr);
  titles(u, scene, dpr);
  ctx.restore();
}

const font = ({ theme }: { theme: Theme }, size: number, weight: number, dpr: number): string => `${weight} ${size * dpr}px ${theme.font}`;

function shade(u: uPlot, { blackout, theme }: Scene, dpr: number): void {
  if (blackout === null) return;
  const { ctx, bbox } = u;
  const [left, right] = span(u, blackout, dpr);
  if (right <= left) return;
  ctx.fillStyle = theme.bad;
  ctx.globalAlpha = 0.17;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.globalAlpha = 1;
}

/** The blackout's pixels inside the plot; never narrower than can be seen. */
function span(u: uPlot, blackout: Blackout, dpr: number): [number, number] {
  const { bbox } = u;
  let left = u.valToPos(blackout.from, "x", true), right = u.valToPos(blackout.to, "x", true);
  if (right - left < 2 * dpr) [left, right] = [(left + right) / 2 - dpr, (left + right) / 2 + dpr];
  return [Math.max(left, bbox.left), Math.min(right, bbox.left + bbox.width)];
}

/** First and one past the last index to draw, with one sample more on either side so that lines leave the plot. */
function visible(u: uPlot, times: Column, factor: number): [number, number] {
  const { min, max } = u.scales["x"]!;
  return [Math.max(0, times.lowerBound(min! * factor) - 1), Math.min(times.length, times.lowerBound(max! * factor) + 1)];
}

function trace(u: uPlot, scene: Scene, values: Column, scale: string): [Path2D, number, number] | null {
  const [from, to] = visible(u, scene.progress.t, 1);
  if (to - from < 1) return null;
  const path = new Path2D();
  // What is not a number is passed over: a canvas draws no line to it.
  for (let i = from; i < to; i++)
    path.lineTo(u.valToPos(scene.progress.t.at(i), "x", true), u.valToPos(values.at(i), scale, true));
  return [path, u.valToPos(scene.progress.t.at(from), "x", true), u.valToPos(scene.progress.t.at(to - 1), "x", true)];
}

function line(u: uPlot, scene: Scene, values: Column, scale: string, colour: string, width: number): void {
  const traced = trace(u, scene, values, scale);
  if (traced === null) return;
  u.ctx.strokeStyle = colour;
  u.ctx.lineWidth = width;
  u.ctx.lineJoin = "round";
  u.ctx.stroke(traced[0]);
}

function area(u: uPlot, scene: Scene): void {
  const traced = trace(u, scene, scene.progress.left, "memory");
  if (traced === null) return;
  const [path, first, last] = traced;
  const floor = u.valToPos(0, "memory", true);
  path.lineTo(last, floor);
  path.lineTo(first, floor);
  u.ctx.fillStyle = scene.theme.memory;
  u.ctx.globalAlpha = 0.12;
  u.ctx.fill(path);
  u.ctx.globalAlpha = 1;
}

/** Every ping as a bar as high as its round trip; unanswered ones full height and red, those that do not count a grey foot. Where there are more pings than
 *  pixels, one bar stands for a fixed group of neighbours: red if any was lost, else solid to its mean and pale to its
 *  slowest. Groups are counted from the first ping, not from the edge of the view: bars keep their shape as the axis moves. */
function bars(u: uPlot, { pings, theme, rttTop }: Scene, dpr: number): void {
  const { ctx, bbox } = u;
  const interval = pings.intervalMs;
  if (interval <= 0) return;
  const [first, end] = visible(u, pings.sent, 1000);
  const pitch = u.valToPos(interval / 1000, "x", true) - u.valToPos(0, "x", true);
  const group = groupSize(pitch, 2 * dpr);
  const step = pitch * group;
  const width = step >= 6 * dpr ? Math.min(step - 2 * dpr, 14 * dpr) : Math.max(step * 0.72, dpr);
  const floor = bbox.top + bbox.height, ceiling = bbox.top + bbox.height * lowerStart;
  const good = new Path2D(), pale = new Path2D(), late = new Path2D(), silent = new Path2D(), stalled = new Path2D();
  for (let at = first - (first % group); at < end; at += group) {
    let worst: Fate = Fate.Unknown, slowest = 0, sum = 0, answered = 0;
    for (let i = at; i < Math.min(at + group, end); i++) {
      const fate = pings.fate(i);
      if (fate > worst) worst = fate;
      const rtt = pings.rttAt(i);
      if (Number.isNaN(rtt) || fate === Fate.Stalled) continue;
      if (rtt > slowest) slowest = rtt;
      sum += rtt;
      answered++;
    }
    if (worst === Fate.Unknown) continue;
    const from = u.valToPos(pings.sent.at(at) / 1000, "x", true);
    if (worst === Fate.Silent) {
      // Neighbouring losses join into one block: the silence is one thing.
      const to = u.valToPos(pings.sent.at(Math.min(at + group, pings.count - 1)) / 1000, "x", true);
      silent.rect(from, ceiling, Math.max(to - from, 2 * dpr), floor - ceiling);
      continue;
    }
    if (worst === Fate.Stalled) {
      const to = u.valToPos(pings.sent.at(Math.min(at + group, pings.count - 1)) / 1000, "x", true);
      stalled.rect(from, floor - (floor - ceiling) * 0.12, Math.max(to - from, 2 * dpr), (floor - ceiling) * 0.12);
      continue;
    }
    const x = (from + u.valToPos(pings.sent.at(Math.min(at + group, pings.count) - 1) / 1000, "x", true)) / 2;
    const height = (rtt: number): number => Math.max(Math.min(rtt / rttTop, 1) * (floor - ceiling), dpr);
    const tall = height(slowest), usual = height(sum / answered);
    if (worst === Fate.Late) late.rect(x - width / 2, floor - tall, width, tall);
    else good.rect(x - width / 2, floor - usual, width, usual);
    if (worst !== Fate.Late && tall > usual) pale.rect(x - width / 2, floor - tall, width, tall - usual);
    // A bar that leaves the pane is cut visibly.
    if (slowest > rttTop) (worst === Fate.Late ? late : pale).rect(x - width / 2, ceiling - 4 * dpr, width, 2 * dpr);
  }
  ctx.globalAlpha = 0.4;
  fill(ctx, pale, theme.good);
  ctx.globalAlpha = 0.8;
  fill(ctx, good, theme.good);
  ctx.globalAlpha = 1;
  fill(ctx, late, theme.warn);
  fill(ctx, silent, theme.bad);
  fill(ctx, stalled, theme.faint);
}

function fill(ctx: CanvasRenderingContext2D, path: Path2D, colour: string): void {
  ctx.fillStyle = colour;
  ctx.fill(path);
}

/** How many pings share a bar so that bars are not closer than wanted: 1, 2, 5, 10, 20, 50 … */
export function groupSize(pitch: number, wanted: number): number {
  const need = wanted / pitch;
  if (need <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(need));
  return power * ([1, 2, 5, 10].find((f) => f * power >= need) ?? 10);
}

function start(u: uPlot, scene: Scene, dpr: number): void {
  const { ctx, bbox } = u;
  const x = Math.round(u.valToPos(0, "x", true));
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.strokeStyle = scene.theme.muted;
  ctx.lineWidth = dpr;
  ctx.setLineDash([3 * dpr, 3 * dpr]);
  ctx.beginPath();
  ctx.moveTo(x + 0.5, bbox.top);
  ctx.lineTo(x + 0.5, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = font(scene, 11, 400, dpr);
  ctx.fillStyle = scene.theme.muted;
  ctx.textBaseline = "top";
  const room = x - bbox.left > ctx.measureText("move starts").width + 8 * dpr;
  ctx.textAlign = room ? "right" : "left";
  ctx.fillText("move starts", x + (room ? -6 : 6) * dpr, bbox.top + 6 * dpr);
}

/** Stands beside the blackout, at the top of the pings, on the side with room. */
function label(u: uPlot, scene: Scene, dpr: number): void {
  if (scene.blackout === null) return;
  const { ctx, bbox } = u;
  const [left, right] = span(u, scene.blackout, dpr);
  if (right < bbox.left || left > bbox.left + bbox.width) return;
  ctx.font = font(scene, 12, 600, dpr);
  ctx.fillStyle = scene.theme.bad;
  ctx.textBaseline = "bottom";
  const text = scene.blackout.label, width = ctx.measureText(text).width, gap = 6 * dpr;
  const after = right + gap + width <= bbox.left + bbox.width;
  const before = left - gap - width >= bbox.left;
  ctx.textAlign = after ? "left" : before ? "right" : "center";
  const x = after ? right + gap : before ? left - gap : Math.min(Math.max((left + right) / 2, bbox.left + width / 2), bbox.left + bbox.width - width / 2);
  const y = bbox.top + bbox.height * lowerStart - 8 * dpr;
  ctx.strokeStyle = scene.theme.surface;
  ctx.lineWidth = 4 * dpr;
  ctx.lineJoin = "round";
  if (after || before) ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
}

function titles(u: uPlot, scene: Scene, dpr: number): void {
  const { bbox } = u;
  title(u, scene.theme, "MiB", "right", bbox.left - 6 * dpr, 0);
  title(u, scene.theme, "ms", "right", bbox.left - 6 * dpr, lowerStart);
  title(u, scene.theme, "MiB/s", "left", bbox.left + bbox.width + 6 * dpr, 0);
}

/** A unit, above the axis it belongs to. */
export function title(u: uPlot, theme: Theme, text: string, align: CanvasTextAlign, x: number, top: number): void {
  const { ctx, bbox } = u;
  ctx.font = font({ theme }, 11, 400, devicePixelRatio);
  ctx.fillStyle = theme.faint;
  ctx.textBaseline = "bottom";
  ctx.textAlign = align;
  ctx.fillText(text, x, bbox.top + bbox.height * top - 9 * devicePixelRatio);
}
