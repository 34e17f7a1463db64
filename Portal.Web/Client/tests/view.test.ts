import assert from "node:assert/strict";
import { test } from "node:test";
import { Column } from "../src/column";
import { limits, niceMemory, niceTop } from "../src/panes";
import { groupSize } from "../src/paint";
import { seconds, thin } from "../src/text";
import { TimeWindow } from "../src/window";

test("bars stand for whole groups of neighbours, and for one ping each where there is room", () => {
  assert.equal(groupSize(4, 2), 1);
  assert.equal(groupSize(0.5, 2), 5);
  assert.equal(groupSize(0.04, 2), 50);
});

test("a scale puts its zero and its top where its pane is", () => {
  const { min, max } = limits(10, 0.66, 1);
  const at = (value: number): number => (max - value) / (max - min);
  assert.ok(Math.abs(at(0) - 1) < 1e-9);
  assert.ok(Math.abs(at(10) - 0.66) < 1e-9);
});

test("axes end on round numbers", () => {
  assert.equal(niceTop(312), 400);
  assert.equal(niceTop(0.9), 1);
  assert.equal(niceMemory(256 * 2 ** 20), 256 * 2 ** 20);
  assert.equal(niceMemory(270 * 2 ** 20), 320 * 2 ** 20);
  assert.equal(niceMemory(98 * 2 ** 20), 96 * 2 ** 20);
});

test("zooming keeps the moment under the cursor, and zooming all the way out shows all and follows again", () => {
  const view = new TimeWindow(true);
  view.extend(-2, 8);
  view.settle();
  view.scale(0.5, 4);
  view.settle();
  assert.deepEqual([view.min, view.max, view.zoomed], [1, 6, true]);
  view.scale(4, 4);
  assert.equal(view.zoomed, false);
  assert.equal(view.scale(2, 4), false);
});

test("what is skipped on the way is not a number, and a search still finds its place", () => {
  const column = new Column();
  for (const value of [1, 2, 3]) column.push(value);
  column.set(5, 9);
  assert.ok(Number.isNaN(column.at(4)));
  assert.equal(column.lowerBound(2.5), 2);
  assert.equal(column.lowerBound(4), 5);
});

test("times have the digits their axis needs, and zero has no sign", () => {
  assert.equal(seconds(-0.001, 0.5), `0.0${thin}s`);
  assert.equal(seconds(-1.5, 0.5), `\u22121.5${thin}s`);
  assert.equal(seconds(2, 1), `2${thin}s`);
});
