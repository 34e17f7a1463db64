// Numbers as people read them: a thin space before the unit, no more digits than mean something.

export const thin = "\u2009";
const mebi = 1024 * 1024;

export function digits(value: number): string {
  const size = Math.abs(value);
  return size >= 100 || value === 0 ? value.toFixed(0) : size >= 10 ? trim(value.toFixed(1)) : trim(value.toFixed(2));
}

export const mib = (bytes: number): string => {
  const value = bytes / mebi;
  return value >= 10 || value === 0 ? Math.floor(value).toFixed(0) : value.toFixed(1);
};

export const milliseconds = (ms: number): string =>
  ms >= 10_000 ? `${(ms / 1000).toFixed(1)}${thin}s` : ms >= 1000 ? `${(ms / 1000).toFixed(2)}${thin}s` : `${ms >= 10 ? ms.toFixed(0) : digits(ms)}${thin}ms`;

/** Seconds with as many decimals as the step between two needs. */
export function seconds(value: number, step: number): string {
  let decimals = 0;
  while (decimals < 4 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  const size = Math.abs(value).toFixed(decimals);
  return `${value < 0 && Number(size) !== 0 ? "\u2212" : ""}${size}${thin}s`;
}

const trim = (text: string): string => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
