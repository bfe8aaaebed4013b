import { importTypeScript } from './typescript.mjs';

/** `npm run crash`: every crash point of the engine against every way to crash, in this process and in real browsers. */
const { main } = await importTypeScript('tests/crash/grid.ts');
await main();
