import type { LogLevel } from '#domain/lines.ts';
import { showValue } from '#domain/show-value.ts';
import { served } from './scope.ts';

const LEVELS = {
  log: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
  warn: 'WARNING',
  error: 'ERROR',
} as const;

/** With `logPrints`, `console.log` of author code becomes a log line; otherwise it goes where it always goes. */
export function capturePrints(console: Console): void {
  for (const [method, level] of Object.entries(LEVELS)) {
    const name = method as keyof typeof LEVELS;
    const original = console[name].bind(console);
    console[name] = (...args: unknown[]) => {
      if (!log(level, args)) original(...args);
    };
  }
}

function log(level: LogLevel, args: readonly unknown[]): boolean {
  const current = served();
  if (!current?.logPrints) return false;
  current.host.log(level, args.map(show).join(' '));
  return true;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Error ? `${value.name}: ${value.message}` : showValue(value);
}
