// What the hub sends. Short names because there are many; t is in seconds on the move's own axis (0 = the copy's start),
// at is the server's clock in Unix milliseconds.

interface Common { t: number; at?: number }

export interface ProgressFrame extends Common { k: "progress"; total: number; left: number; dtotal?: number | null; dleft?: number | null; bw: number; dirty?: number; it: number; pct: number; least?: number; most?: number; why?: string }
/** s: [sequence, sent ms, round trip ms or null, flags]; a ping comes again when its answer does, and the last counts. */
export interface PingsFrame extends Common { k: "pings"; s: [number, number, number | null, number][] }
export interface PhaseFrame extends Common { k: "phase"; phase: string; state: "started" | "ended"; detail?: string | null }
export interface DecisionFrame extends Common { k: "decision"; text: string; figures: string }
export interface EndFrame extends Common { k: "end"; verdict: string; message: string }

export type Frame = ProgressFrame | PingsFrame | PhaseFrame | DecisionFrame | EndFrame;

export const Lost = 1, Late = 2, Stalled = 8;
