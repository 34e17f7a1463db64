import assert from "node:assert/strict";
import { test } from "node:test";
import { Lost } from "../src/frames";
import { FleetMove } from "../src/fleetmove";
import { readFleet } from "../src/fleetpicture";

const mebi = 1024 * 1024;
/** The server's clock at the move's own 0, s. */
const zero = 1_700_000_000;

function move(name: string): FleetMove {
  const made = new FleetMove(name);
  for (let t = 0; t < 3; t += 0.1) made.add({ k: "progress", t, at: (zero + t) * 1000, total: 256 * mebi, left: (256 - 50 * t) * mebi, bw: 50 * mebi, dirty: 0, it: 1, pct: 0 });
  made.add({ k: "pings", t: 3, at: (zero + 3) * 1000, s: Array.from({ length: 300 }, (_, i) => [i, i * 10, i >= 210 && i < 215 ? null : 1, 0]) });
  return made;
}

test("a move stands on the fleet's axis at the server's time", () => {
  const made = move("web-01");
  assert.equal(made.first, zero);
  assert.equal(made.rateAt(zero + 1.55), 50 * mebi);
  assert.equal(made.rateAt(zero - 1), 0);
  assert.equal(made.rateAt(zero + 20), 0);
});

test("what was lost counts in the second it was sent in, once, and not any more when an answer comes after all", () => {
  const made = move("web-01");
  made.count();
  made.count();
  assert.deepEqual([zero + 1, zero + 2].map((second) => made.lostIn(second)), [0, 5]);
  made.add({ k: "pings", t: 3.1, s: [[212, 2120, 600, 0], [213, 2130, null, Lost]] });
  made.count();
  assert.equal(made.lostIn(zero + 2), 4);
  made.add({ k: "pings", t: 12, s: Array.from({ length: 900 }, (_, i) => [300 + i, 3000 + i * 10, 1, 0]) });
  made.count();
  made.add({ k: "pings", t: 12.1, s: [[1200, 12000, 1, 0]] });
  made.count();
  assert.equal(made.lostIn(zero + 2), 4);
});

test("a move that begins again begins anew", () => {
  const made = move("web-01");
  made.add({ k: "phase", t: -1, at: (zero + 60) * 1000, phase: "Check", state: "started" });
  assert.equal(made.last, -Infinity);
  assert.equal(made.lostIn(zero + 2), 0);
});

test("a moment is read out move by move and together", () => {
  const moves = new Map([["a", move("web-01")], ["b", move("web-02")]]);
  for (const one of moves.values()) one.count();
  assert.deepEqual(readFleet(moves, zero + 2.05).rows.map((row) => `${row.name}: ${row.value}`), [
    "web-01: 50\u2009MiB/s, 5 lost", "web-02: 50\u2009MiB/s, 5 lost", "together: 100\u2009MiB/s", "lost pings: 10 in this second",
  ]);
});
