import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "../src/progress";
import { timeLeft } from "../src/timeleft";

const moving = { predicted: 3.4, arrived: false };

function copy(said?: { t?: number; least?: number; most?: number; why?: string }): Progress {
  const made = new Progress();
  if (said !== undefined) made.add({ k: "progress", t: 1, total: 256, left: 128, bw: 64, dirty: 8, it: 1, pct: 50, ...said });
  return made;
}

test("before the copy tells anything the time left is what was foretold, less what has passed", () => {
  assert.deepEqual(timeLeft(copy(), -1, moving), ["~4", "s", ""]);
  assert.deepEqual(timeLeft(copy(), 2, moving), ["~2", "s", ""]);
  assert.deepEqual(timeLeft(copy(), 9, moving), ["soon", "", ""]);
  assert.deepEqual(timeLeft(copy(), 9, { predicted: null, arrived: false }), ["–", "", ""]);
});

test("while memory is copied it is what the server said, less what has passed since", () => {
  assert.deepEqual(timeLeft(copy({ least: 4, most: 8 }), 1, moving), ["4–8", "s", ""]);
  assert.deepEqual(timeLeft(copy({ least: 4, most: 8 }), 3.2, moving), ["1–6", "s", ""]);
  assert.deepEqual(timeLeft(copy({ least: 4, most: 8 }), 10, moving), ["soon", "", ""]);
  assert.deepEqual(timeLeft(copy({ least: 4, why: "the guest writes faster than it is copied" }), 1, moving), ["no end", "in sight", "the guest writes faster than it is copied"]);
});

test("a page that is opened halfway says the same as one that was open all the time", () => {
  const all = copy({ least: 9, most: 12 });
  all.add({ k: "progress", t: 2, total: 256, left: 200, bw: 20, dirty: 8, it: 2, pct: 50, least: 10, most: 16, why: "the network carries less than before" });
  const late = copy({ t: 2, least: 10, most: 16, why: "the network carries less than before" });
  assert.deepEqual(timeLeft(all, 2.5, moving), timeLeft(late, 2.5, moving));
});

test("nothing left to send is not the end: the destination has yet to run it", () => {
  assert.deepEqual(timeLeft(copy({}), 1, moving), ["~3", "s", ""]);
  assert.deepEqual(timeLeft(copy({ least: 4, most: 8 }), 4, { predicted: 3.4, arrived: true }), ["0", "s", ""]);
});

test("before the first pass is over nobody knows what the guest writes, and nothing is drawn of it", () => {
  const made = new Progress();
  made.add({ k: "progress", t: 1, total: 256, left: 128, bw: 64, it: 1, pct: 50 });
  assert.ok(Number.isNaN(made.dirty.last));
  made.add({ k: "progress", t: 2, total: 256, left: 100, bw: 64, dirty: 80, it: 2, pct: 60 });
  assert.equal(made.dirty.last, 80);
  assert.equal(made.peakRate, 80);
});
