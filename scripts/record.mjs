import { importTypeScript } from './typescript.mjs';

/** `npm run record`: the run that the Lab shows before an engine has loaded, and the model that answers until then. */
const { main } = await importTypeScript('scripts/retrain/record.ts');
await main();
