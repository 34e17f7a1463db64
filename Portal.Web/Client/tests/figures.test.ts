import assert from "node:assert/strict";
import { test } from "node:test";
import { timeLeft } from "../src/figures";
import { Progress } from "../src/progress";

const mebi = 1024 * 1024;

function copy(...frames: [t: number, left: number, rate: number, dirty: number][]): Progress {
  const made = new Progress();
  for (const [t, left, bw, dirty] of frames) made.add({ k: "progress", t, total: 256 * mebi, left: left * mebi, bw: bw * mebi, dirty: dirty * mebi, it: 1, pct: 0 });
  return made;
}

test("before the copy tells anything the time left is what was foretold, less what has passed", () => {
  assert.deepEqual(timeLeft(copy(), -1, { predicted: 3.4, arrived: false }), ["~4", "s"]);
  assert.deepEqual(timeLeft(copy(), 2, { predicted: 3.4, arrived: false }), ["~2", "s"]);
  assert.deepEqual(timeLeft(copy(), 9, { predicted: 3.4, arrived: false }), ["soon", ""]);
  assert.deepEqual(timeLeft(copy(), 9, { predicted: null, arrived: false }), ["–", ""]);
});

test("while memory is copied it lies between no writes and every write sent again", () => {
  assert.deepEqual(timeLeft(copy([0, 256, 0, 0], [1, 200, 50, 25]), 1, { predicted: 1, arrived: false }), ["4–8", "s"]);
  assert.deepEqual(timeLeft(copy([0, 256, 0, 0], [1, 200, 50, 60]), 1, { predicted: 1, arrived: false }), ["> 4", "s"]);
});

test("nothing left to send is not the end: the destination has yet to run it", () => {
  assert.deepEqual(timeLeft(copy([0, 96, 0, 0], [1, 0, 90, 0]), 1, { predicted: 3.4, arrived: false }), ["~3", "s"]);
  assert.deepEqual(timeLeft(copy([0, 96, 0, 0], [1, 0, 90, 0]), 4, { predicted: 3.4, arrived: true }), ["0", "s"]);
});
