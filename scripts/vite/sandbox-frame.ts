import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { bundle } from './bundle.ts';

const VIRTUAL = 'virtual:sandbox-frame';
const CSP_MARK = '<!-- csp -->';

/**
 * `virtual:sandbox-frame` gives the srcdoc of the frame that spawns author workers. Its one inline script is allowed by
 * hash, in the frame's own policy and in the page's (a srcdoc frame inherits the page's policy as well).
 */
export function sandboxFrame(): Plugin {
  let serving = false;
  const frame = once(buildFrame);
  return {
    name: 'nightshift:sandbox-frame',
    configResolved(config) {
      serving = config.command === 'serve';
    },
    resolveId: (id) => (id === VIRTUAL ? `\0${VIRTUAL}` : undefined),
    async load(id) {
      if (id !== `\0${VIRTUAL}`) return undefined;
      return `export default ${JSON.stringify((await frame()).srcdoc)};`;
    },
    transformIndexHtml: {
      order: 'pre',
      handler: async (html) => html.replace(CSP_MARK, pagePolicy((await frame()).hash, serving)),
    },
  };
}

interface Frame {
  readonly srcdoc: string;
  /** `sha256-...` of its inline script. */
  readonly hash: string;
}

async function buildFrame(): Promise<Frame> {
  const boot = await bundle({ entry: 'src/sandbox/boot.ts', format: 'iife' });
  const raw = await bundle({
    entry: 'src/sandbox/frame.ts',
    format: 'iife',
    define: { __BOOT__: JSON.stringify(boot) },
  });
  const script = raw
    .replace(/\r/g, '')
    .replace(/<\/(script)/gi, '<\\/$1')
    .replace(/<!--/g, '<\\!--');
  const hash = `sha256-${createHash('sha256').update(script).digest('base64')}`;
  const policy = `default-src 'none'; script-src '${hash}' 'wasm-unsafe-eval' blob:; worker-src blob:`;
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return { hash, srcdoc: `<!doctype html><meta charset="utf-8">${meta}<script>${script}</script>` };
}

/** Development needs injected styles and the reload socket; nothing else is loosened. */
function pagePolicy(frameHash: string, serving: boolean): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'self' 'wasm-unsafe-eval' '${frameHash}' blob:`,
    `worker-src 'self' blob:`,
    `connect-src 'self'${serving ? ' ws: wss:' : ''}`,
    `frame-src 'self'`,
    `style-src 'self'${serving ? " 'unsafe-inline'" : ''}`,
    `font-src 'self'`,
    `img-src 'self' data: blob:`,
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
