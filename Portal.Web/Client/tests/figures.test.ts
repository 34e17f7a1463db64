import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "../src/progress";
import { TimeLeft } from "../src/timeleft";

const mebi = 1024 * 1024;

function copy(...frames: [t: number, left: number, rate: number, dirty: number][]): Progress {
  const made = new Progress();
  for (const [t, left, bw, dirty] of frames) made.add({ k: "progress", t, total: 256 * mebi, left: left * mebi, bw: bw * mebi, dirty: dirty * mebi, it: 1, pct: 0 });
  return made;
}

test("before the copy tells anything the time left is what was foretold, less what has passed", () => {
  assert.deepEqual(new TimeLeft().show(copy(), -1, { predicted: 3.4, arrived: false }), ["~4", "s"]);
  assert.deepEqual(new TimeLeft().show(copy(), 2, { predicted: 3.4, arrived: false }), ["~2", "s"]);
  assert.deepEqual(new TimeLeft().show(copy(), 9, { predicted: 3.4, arrived: false }), ["soon", ""]);
  assert.deepEqual(new TimeLeft().show(copy(), 9, { predicted: null, arrived: false }), ["–", ""]);
});

test("while memory is copied it lies between no writes and every write sent again", () => {
  assert.deepEqual(new TimeLeft().show(copy([0, 256, 0, 0], [1, 200, 50, 25]), 1, { predicted: 9, arrived: false }), ["4–8", "s"]);
  assert.deepEqual(new TimeLeft().show(copy([0, 256, 0, 0], [1, 200, 50, 60]), 1, { predicted: 9, arrived: false }), ["> 4", "s: the guest writes faster than it is copied"]);
});

test("nothing left to send is not the end: the destination has yet to run it", () => {
  assert.deepEqual(new TimeLeft().show(copy([0, 96, 0, 0], [1, 0, 90, 0]), 1, { predicted: 3.4, arrived: false }), ["~3", "s"]);
  assert.deepEqual(new TimeLeft().show(copy([0, 96, 0, 0], [1, 0, 90, 0]), 4, { predicted: 3.4, arrived: true }), ["0", "s"]);
});

test("the range counts down with the clock, shrinks when the copy does better, and rises only with a reason", () => {
  const left = new TimeLeft(), known = { predicted: 10, arrived: false };
  const at = (t: number, memory: number, rate: number, dirty: number): [string, string] => left.show(copy([0, 256, 0, 0], [t, memory, rate, dirty]), t, known);

  assert.deepEqual(at(1, 200, 50, 25), ["4–8", "s"]);
  assert.deepEqual(at(2, 178, 50, 25), ["3–7", "s"]);
  assert.deepEqual(at(3, 100, 50, 25), ["2–4", "s"]);
  assert.deepEqual(at(4, 150, 30, 10), ["5–8", "s: the network carries less than before"]);
  assert.deepEqual(at(5, 135, 30, 10), ["4–7", "s: the network carries less than before"]);
  assert.deepEqual(at(6, 160, 30, 18), ["5–14", "s: the guest writes more than before"]);
  assert.deepEqual(at(7, 20, 40, 2), ["0–1", "s"]);
});

test("over any course the end that is shown never moves back without a reason beside it", () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let course = 0; course < 300; course++) {
    const left = new TimeLeft();
    let end = Infinity, why = "";
    for (let t = 0.1; t < 20; t += 0.5) {
      const [text, unit] = left.show(copy([0, 256, 0, 0], [t, 1 + random() * 255, 10 + random() * 90, random() * 80]), t, { predicted: 1 + random() * 20, arrived: false });
      const most = text.startsWith(">") ? Infinity : text === "soon" ? 0 : Number(text.split("–").at(-1));
      const reason = unit.split(": ")[1] ?? "";
      if (t + most > end + 1.01) assert.notEqual(reason, "", `course ${course} at ${t}: ${text} after an end at ${end} (${why})`);
      [end, why] = [t + most, reason];
    }
  }
});
