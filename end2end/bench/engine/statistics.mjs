// Small sums over measurements, and chance that repeats itself.

/** @param {number[]} values @param {number} share from 0 to 1 @returns {number} NaN if there are none */
export function quantile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {number[]} values */
export const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Rise of a straight line through the points, by least squares: change of y for each unit of x. @param {{ x: number, y: number }[]} points */
export function slope(points) {
  const x = sum(points.map((point) => point.x)) / points.length;
  const y = sum(points.map((point) => point.y)) / points.length;
  return sum(points.map((point) => (point.x - x) * (point.y - y))) / sum(points.map((point) => (point.x - x) ** 2));
}

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32 by Tommy Ettinger). @param {number} seed */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When requests come that know nothing of each other: milliseconds, for `seconds` at `rate` a second on average (a Poisson process). @param {number} rate @param {number} seconds @param {() => number} chance */
export function arrivals(rate, seconds, chance) {
  const times = [];
  for (let time = 0; ; ) {
    time -= (Math.log(1 - chance()) / rate) * 1_000;
    if (time >= seconds * 1_000) return times;
    times.push(time);
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
