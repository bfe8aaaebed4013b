/** Any value in a message for people: text in quotes, objects as JSON, never `[object Object]`. Never throws. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? Object.prototype.toString.call(value);
  } catch {
    return withoutJson(value);
  }
}

/** Asking an object for its kind may run code of whoever made it, a proxy's above all. */
function withoutJson(value: object): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return 'an object that cannot be shown';
  }
}
