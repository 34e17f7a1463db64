import assert from "node:assert/strict";
import { test } from "node:test";
import { Late, Lost, Stalled } from "../src/frames";
import { Fate, Pings } from "../src/pings";

/** Pings every 10 ms, each answered after 1 ms but for those named. */
function pings(count: number, silent: (index: number) => boolean = () => false): Pings {
  const made = new Pings();
  made.add({ k: "pings", t: 0, s: Array.from({ length: count }, (_, i) => [i, i * 10, silent(i) ? null : 1, 0]) });
  return made;
}

test("a ping that is told twice counts as it was told last", () => {
  const made = pings(30, (i) => i === 5);
  assert.equal(made.fate(5), Fate.Silent);
  made.add({ k: "pings", t: 0, s: [[5, 50, 140, 0]] });
  assert.equal(made.fate(5), Fate.Answered);
  assert.equal(made.countSilent(), 0);
});

test("a ping that was only just sent is not called lost", () => {
  const made = pings(30, (i) => i === 29);
  assert.equal(made.fate(29), Fate.Unknown);
});

test("a ping the server calls lost is lost at once", () => {
  const made = new Pings();
  made.add({ k: "pings", t: 0, s: [[0, 0, null, Lost], [1, 10, 1, 0]] });
  assert.equal(made.fate(0), Fate.Silent);
});

test("a ping sent while the probe was held up counts for nothing, whatever came of it", () => {
  const made = new Pings();
  made.add({ k: "pings", t: 0, s: [[0, 0, 1, 0], [1, 10, null, Lost | Stalled], [2, 20, 1200, Late | Stalled], [3, 30, 1, 0]] });
  assert.deepEqual([0, 1, 2, 3].map((i) => made.fate(i)), [Fate.Answered, Fate.Stalled, Fate.Stalled, Fate.Answered]);
  assert.deepEqual([made.countSilent(), made.hasStalled, made.hasLate], [0, true, false]);
  assert.equal(made.longestSilence(), null);
});

test("the blackout is the longest gap between answers less the interval", () => {
  const silence = pings(100, (i) => i >= 40 && i < 45).longestSilence();
  assert.deepEqual(silence, { from: 391, to: 451, ms: 50, open: false });
});

test("a silence that still goes on is open and reaches to now", () => {
  const silence = pings(60, (i) => i >= 40).longestSilence();
  assert.equal(silence?.open, true);
  assert.equal(silence?.to, 590);
});

test("ordinary unevenness is no blackout", () => assert.equal(pings(100).longestSilence(), null));

test("a history that does not begin at ping 0 is kept whole", () => {
  const made = new Pings();
  made.add({ k: "pings", t: 0, s: [[100, 1000, 1, 0], [102, 1020, 1, 0]] });
  assert.equal(made.count, 3);
  assert.equal(made.fate(1), Fate.Unknown);
});
