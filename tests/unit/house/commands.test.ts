import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('CI runs the test command of the README and nothing else', () => {
  const [shebang, ...lines] = readFileSync('.ci/run', 'utf8').trimEnd().split('\n');
  expect(shebang).toBe('#!/bin/sh');
  expect(lines).toEqual(['npm ci && npm test']);
  expect(readFileSync('README.md', 'utf8')).toContain('npm ci && npm test');
});

it('every command that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = readFileSync('README.md', 'utf8').matchAll(/npm run ([\w:-]+)/g);
  expect([...named].map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
});
