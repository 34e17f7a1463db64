import type { Blackout } from "./paint";

/** What the server knows better than the stream. */
export interface Known {
  /** The move is over: a completed stream is its end. */
  over: boolean;
  /** The machine's memory, bytes. */
  memory: number;
  /** Seconds until it runs at the destination, as foretold; null while nothing was. */
  predicted: number | null;
  /** It runs at the destination already. */
  arrived: boolean;
  /** The receipt's blackout; null while there is no receipt. */
  blackout: Blackout | null;
}
