const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0.26 s`, `11.2 s`, `18 min 12 s`, `2 h 5 min`, `3 d 4 h`; rounded before the unit is chosen, so never `60.0 s`. */
export function duration(ms: number): string {
  if (ms < 995)
    return ms > 0 && ms < 5 ? 'under 0.01 s' : `${(Math.max(0, ms) / SECOND).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND) * SECOND;
  if (seconds < HOUR) return pair(seconds, MINUTE, 'min', SECOND, 's');
  const minutes = Math.round(ms / MINUTE) * MINUTE;
  if (minutes < DAY) return pair(minutes, HOUR, 'h', MINUTE, 'min');
  return pair(Math.round(ms / HOUR) * HOUR, DAY, 'd', HOUR, 'h');
}

/** `4.0 s`, `1 min 05 s`: a countdown keeps one form from frame to frame and never says less than is left. */
export function countdown(ms: number): string {
  const tenths = Math.ceil(Math.max(0, ms) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.ceil(tenths / 10);
  if (seconds >= 3600) return duration(seconds * SECOND);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `3 min ago`, `in 7 h 12 min`, `just now`. */
export function relativeTime(at: number, now: number): string {
  const away = Math.abs(at - now);
  if (away < 5 * SECOND) return 'just now';
  return at > now ? `in ${coarse(away)}` : `${coarse(away)} ago`;
}

/** `2,880`: the same on every machine, as the labels that the flows make. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** `1 attempt`, `3 attempts` */
export const plural = (n: number, noun: string): string =>
  `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** `71 %` */
export const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

/** `0.928`: metrics show three decimals, as the gate's sentence does. */
export const metric = (value: number): string => value.toFixed(3);

/** `10.7 GB`, `9.8 MB`, `12 KB` */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${Math.round(n / 1000)} KB`;
  return n < 1e9 ? `${(n / 1_000_000).toFixed(1)} MB` : `${(n / 1e9).toFixed(1)} GB`;
}

/** `17 min`, `7 h 12 min`: no seconds beyond a minute. */
export function coarse(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < DAY) return pair(Math.round(ms / MINUTE) * MINUTE, HOUR, 'h', MINUTE, 'min');
  return `${Math.round(ms / DAY)} d`;
}

function pair(ms: number, large: number, name: string, small: number, rest: string): string {
  const left = Math.round((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${name}`;
  return left === 0 ? head : `${head} ${left} ${rest}`;
}
