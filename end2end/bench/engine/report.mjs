// What was measured, beside what is wanted.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {number} ours
 * @property {string} [peer] whose figure stands beside ours
 * @property {number} [theirs]
 * @property {number} [ratio] what is judged, if not the figure itself
 * @property {number} [least] the target, from below
 * @property {number} [most] the target, from above
 */

/** @param {number | undefined} value */
const shown = (value) => (value === undefined ? "" : Number.isFinite(value) ? value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2) : "?");

/** "met", "missed", or nothing where there is no target. @param {Row} row */
export function verdict({ ours, ratio, least, most }) {
  if (least === undefined && most === undefined) return "";
  const judged = ratio ?? ours;
  return judged >= (least ?? Number.NEGATIVE_INFINITY) && judged <= (most ?? Number.POSITIVE_INFINITY) ? "met" : "missed";
}

/** Prints rows under a title. @param {string} title @param {Row[]} rows */
export function print(title, rows) {
  console.log(`\n${title}`);
  for (const row of rows) {
    const target = row.least !== undefined ? `>= ${row.least}` : row.most !== undefined ? `<= ${row.most}` : "";
    const beside = row.theirs === undefined ? "" : `${row.peer} ${shown(row.theirs)}`;
    const ratio = row.ratio === undefined ? "" : `ratio ${shown(row.ratio)}`;
    console.log(`  ${row.name.padEnd(58)} ${shown(row.ours).padStart(8)} ${row.unit.padEnd(9)} ${beside.padEnd(27)} ${ratio.padEnd(12)} ${target.padEnd(8)} ${verdict(row)}`.trimEnd());
  }
}

/** A row of two figures. @param {string} name @param {string} unit @param {number} ours @param {string} peer @param {number} theirs @param {{ least?: number, most?: number }} [target] of ours divided by theirs @returns {Row} */
export const beside = (name, unit, ours, peer, theirs, target = {}) => ({ name, unit, ours, peer, theirs, ratio: ours / theirs, ...target });
