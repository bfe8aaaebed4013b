import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { PluginOption } from 'vite';
import { authorLibraries } from './author-libraries.ts';
import { licenses } from './licenses.ts';
import { sandboxFrame } from './sandbox-frame.ts';

export const nightshiftPlugins = (): PluginOption[] => [
  svelte({ configFile: false }),
  authorLibraries(),
  sandboxFrame(),
  licenses(),
];
