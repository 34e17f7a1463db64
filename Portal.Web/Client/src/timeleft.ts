import type { Known } from "./known";
import type { Progress } from "./progress";

type Foretold = Pick<Known, "predicted" | "arrived">;

/** How long a move still takes until it runs at the destination: the range, its unit, and why it rose where it did. */
export function timeLeft({ eta }: Progress, now: number, known: Foretold): [text: string, unit: string, why: string] {
  if (known.arrived) return ["0", "s", ""];
  if (eta === null) return [...foretold(now, known.predicted), ""];
  const gone = Math.max(now - eta.t, 0), most = Math.ceil(eta.most - gone), least = Math.max(Math.min(Math.floor(eta.least - gone), most), 0);
  if (!Number.isFinite(most)) return ["no end", "in sight", eta.why];
  if (most <= 0) return ["soon", "", eta.why];
  return [least >= most ? `${most}` : `${least}–${most}`, "s", eta.why];
}

/** Before the copy tells anything there is what was foretold, less what has passed. */
function foretold(now: number, predicted: number | null): [string, string] {
  if (predicted === null || !Number.isFinite(now)) return ["–", ""];
  const left = predicted - Math.max(now, 0);
  return left >= 0.5 ? [`~${Math.ceil(left)}`, "s"] : ["soon", ""];
}
