import { importTypeScript } from './typescript.mjs';

/** `npm run retrain`: the built-in flow, run by the built site in a browser without a window. */
const { main } = await importTypeScript('scripts/retrain/retrain.ts');
await main();
