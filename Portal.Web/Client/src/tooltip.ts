import type { Pointed } from "./chart";
import type { Reading } from "./readout";

/** Reads out the moment under the cursor, beside it, and never in its way. */
export class Tooltip {
  private readonly box = document.createElement("div");

  constructor(private readonly mount: HTMLElement) {
    this.box.className = "readout";
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true");
    mount.append(this.box);
  }

  show(where: Pointed, reading: Reading): void {
    this.box.replaceChildren(line("time", "", reading.time), ...reading.rows.map((row) => line(row.kind, row.name, row.value)));
    this.box.hidden = false;
    const right = where.left + 14 + this.box.offsetWidth < this.mount.clientWidth;
    this.box.style.transform = `translate(${Math.max(0, right ? where.left + 14 : where.left - 14 - this.box.offsetWidth)}px, 34px)`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}

function line(kind: string, name: string, value: string): HTMLElement {
  const row = document.createElement("div");
  row.dataset["kind"] = kind;
  const label = document.createElement("span");
  label.textContent = name;
  const figure = document.createElement("b");
  figure.textContent = value;
  row.append(...(name === "" ? [figure] : [label, figure]));
  return row;
}
