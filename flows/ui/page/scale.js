// Values to pixels, and round numbers for an axis.

/** A straight line through two points. */
export const linear = (from, to, begin, end) => (value) => begin + ((value - from) / (to - from || 1)) * (end - begin);

/** About `count` round numbers between two. */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) found.push(value);
  return found;
}

/** Round times, milliseconds, about `count` of them. */
export function timeTicks(begin, end, count) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  const step = 1000 * (steps.find((one) => (end - begin) / (one * 1000) <= count) ?? 86400 * 7);
  const found = [];
  for (let at = Math.ceil(begin / step) * step; at <= end; at += step) found.push(at);
  return found;
}
