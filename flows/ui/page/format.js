// Numbers and times as people read them. A minus is a minus sign, and nothing is an en dash.

const NOTHING = "–";
const formats = new Map();

/**
 * With so many digits behind the point; those that are there if it is not said. Money comes as text, exactly, and is rounded
 * here, once: two roundings make a cent of half a one.
 */
export function number(value, digits = null) {
  if (value === null || value === undefined || value === "") return NOTHING;
  const places = digits ?? (String(value).split(".")[1] ?? "").length;
  const key = Math.min(places, 12);
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat("en", { minimumFractionDigits: key, maximumFractionDigits: key }));
  }
  return formats.get(key).format(value).replace("-", "−").replace(/^−(0(\.0+)?)$/, "$1");
}

/** With its sign. */
export function signed(value, digits = null) {
  const text = number(value, digits);
  return Number(value) > 0 && !/^[0.]+$/.test(text) ? `+${text}` : text;
}

/** A rate a second. */
export const rate = (value) => (value === null || value === undefined ? NOTHING : number(value, value < 10 ? 1 : 0));

/** A share as percent. */
export const percent = (share, digits = 2) => (share === null ? NOTHING : `${signed(share * 100, digits)} %`);

/** A length of time, of milliseconds. */
export function length(ms) {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms < 1) return `${number(ms * 1000, 0)} µs`;
  if (ms < 1000) return `${number(ms, ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  if (ms < 120_000) return `${number(ms / 1000, 1)} s`;
  return ms < 7_200_000 ? `${number(ms / 60_000, 0)} min` : `${number(ms / 3_600_000, 1)} h`;
}

/** How long ago something was, in whole units: a figure that changes every tick tells nothing more. */
export function ago(ms) {
  if (ms < 2000) return "now";
  return ms < 120_000 ? `${Math.round(ms / 1000)} s ago` : `${length(ms)} ago`;
}

/** A bar's interval. */
export function interval(ns) {
  const seconds = ns / 1e9;
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** Time of day, UTC. */
export const clock = (ms, digits = 0) => new Date(ms).toISOString().slice(11, digits ? 20 + digits : 19);

/** Day and time of day, UTC. */
export const moment = (ms) => `${new Date(ms).toISOString().slice(0, 10)} ${clock(ms)}`;

/** Sign of a number, as a class of the style sheet; the sign itself says it without colour. */
export const tone = (value) => (Number(value) > 0 ? "up" : Number(value) < 0 ? "down" : "");

/** Words of the code as people write them. */
export const words = (name) => name.replaceAll("_", " ");
