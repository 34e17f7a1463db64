// The fleet's chart on the list of moves: every move that goes on, on one axis, from the hub as on a move's own page.
import type { Frame } from "./frames";
import { FleetMove } from "./fleetmove";
import { FleetPicture, readFleet } from "./fleetpicture";
import { find, Stage } from "./stage";
import { follow } from "./stream";

/** Frames of one move. */
interface FleetFrames { id: string; name: string; frames: Frame[] }

/** How far back it looks, seconds. */
const past = 600;

export function openFleet(root: HTMLElement, hub: string): { dispose(): void } {
  return new Fleet(root, hub);
}

class Fleet {
  private readonly moves = new Map<string, FleetMove>();
  private readonly stage: Stage;
  private readonly ends: (() => void)[];
  /** The server's clock less this one's, ms: the axis is the server's time. */
  private ahead = -Infinity;

  constructor(private readonly root: HTMLElement, hub: string) {
    this.stage = new Stage(root, find(root, "[data-chart]"), {
      picture: new FleetPicture(this.moves),
      read: (at) => readFleet(this.moves, at),
      before: () => false,
    });
    const second = setInterval(() => this.pass(), 1000);
    this.ends = [
      follow<FleetFrames>(hub, ["WatchFleet"], { heard: (batch, first) => this.take(batch, first), waiting: (s) => this.stage.waiting(s), over: () => false }),
      () => clearInterval(second),
      () => this.stage.dispose(),
    ];
  }

  dispose(): void {
    for (const end of this.ends) end();
  }

  private take({ id, name, frames }: FleetFrames, first: boolean): void {
    if (first) this.moves.clear();
    let move = this.moves.get(id);
    if (move === undefined) this.moves.set(id, move = new FleetMove(name));
    for (const frame of frames) {
      move.add(frame);
      if (frame.at !== undefined) this.ahead = Math.max(this.ahead, frame.at - Date.now());
    }
    this.pass();
    if (first) this.stage.window.settle();
  }

  /** Time goes on: what is older than the axis leaves it. */
  private pass(): void {
    const now = (Date.now() + (Number.isFinite(this.ahead) ? this.ahead : 0)) / 1000;
    for (const [id, move] of this.moves) if (move.last < now - past) this.moves.delete(id);
    const shown = [...this.moves.values()].filter((move) => move.last > -Infinity);
    this.root.toggleAttribute("data-quiet", shown.length === 0);
    const from = Math.max(now - past, Math.min(now - 30, ...shown.map((move) => move.first - 2)));
    this.stage.window.extend(from, now);
    this.stage.redraw();
  }
}
