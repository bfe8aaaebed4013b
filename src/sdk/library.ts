/**
 * The module that the sandbox links as `nightshift`: what authors use, and what the worker around them needs. One
 * instance per worker, so both see the same definitions.
 */
export * from './nightshift.ts';
export { createRunner } from './runner.ts';
export type { Place } from './runner.ts';
export { capturePrints } from './print-capture.ts';
export { served, useScope } from './scope.ts';
export type { Scope } from './scope.ts';
