import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { ROOT } from './bundle.ts';

const FILE = 'third-party-licenses.txt';

/** Emits the licences of everything the site ships, beside it. */
export function licenses(): Plugin {
  return {
    name: 'nightshift:licenses',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: shippedLicenses() });
    },
  };
}

function shippedLicenses(): string {
  const names = [...collect(Object.keys(manifest(ROOT).dependencies ?? {}), new Set())].sort();
  return names.map(section).join('\n\n');
}

/** Dependencies of dependencies as npm laid them out: flat, as far as it can. */
function collect(names: readonly string[], found: Set<string>): Set<string> {
  for (const name of names) {
    if (found.has(name) || !existsSync(folder(name))) continue;
    found.add(name);
    collect(Object.keys(manifest(folder(name)).dependencies ?? {}), found);
  }
  return found;
}

const folder = (name: string): string => `${ROOT}node_modules/${name}/`;

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = (path: string): Manifest =>
  JSON.parse(readFileSync(`${path}package.json`, 'utf8')) as Manifest;

function section(name: string): string {
  const { version, license } = manifest(folder(name));
  const file = readdirSync(folder(name)).find((one) => /^(licen[cs]e|copying)/i.test(one));
  const text = file ? readFileSync(`${folder(name)}${file}`, 'utf8').trim() : `License: ${license}`;
  return `${'='.repeat(72)}\n${name} ${version}\n${'='.repeat(72)}\n${text}`;
}
