import MarkdownIt, { type RendererRule } from 'markdown-it';
import { isWebAddress } from '#domain/artifacts.ts';
import { visibleText } from './visible-text.ts';

/** Longer text takes longer than a glance, to draw and to read. */
const MOST = 200_000;

/** The page has a title and sections of its own: `#` stands below them. */
const HEADING_SHIFT = 3;

const ALIGNED: Readonly<Record<string, string>> = {
  'text-align:left': 'left',
  'text-align:center': 'center',
  'text-align:right': 'right',
};

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
const { escapeHtml } = markdown.utils;

markdown.validateLink = isWebAddress;
markdown.core.ruler.push('nightshift', ({ tokens }) => {
  for (const token of tokens) {
    if (token.type.startsWith('heading')) token.tag = shifted(token.tag);
    // A style attribute would be refused by the page's policy.
    const align = ALIGNED[attribute(token, 'style')];
    token.attrs = token.attrs?.filter(([name]) => name !== 'style') ?? null;
    if (align) token.attrJoin('class', align);
  }
});

type Tokens = Parameters<RendererRule>[0];

const attribute = (token: Tokens[number] | undefined, name: string): string =>
  String(token?.attrGet(name) ?? '');

const plainCode: RendererRule = (tokens, i) =>
  `<pre><code>${escapeHtml(tokens[i]?.content ?? '')}</code></pre>\n`;

Object.assign(markdown.renderer.rules, {
  fence: plainCode,
  code_block: plainCode,
  // Nothing is loaded from elsewhere: what is an image there is words here.
  image: (tokens, i) => {
    const words = tokens[i]?.content || 'without words';
    return escapeHtml(`[image: ${words}, ${attribute(tokens[i], 'src')}]`);
  },
  link_open: (tokens, i) => {
    const href = escapeHtml(attribute(tokens[i], 'href'));
    return `<a href="${href}" rel="noopener noreferrer" target="_blank">`;
  },
  // The address stands beside the words, which may say anything.
  link_close: (tokens, i) => {
    const { href, words } = linkEndingAt(tokens, i);
    return words === href ? '</a>' : `</a> <span class="address">(${escapeHtml(href)})</span>`;
  },
  table_open: () => '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>',
  table_close: () => '</table></div>',
} satisfies Record<string, RendererRule>);

/**
 * HTML for a sanitiser: HTML in the text is shown as text, links are http and https only, with their address beside
 * them, and nothing is loaded from anywhere.
 */
export function markdownHtml(text: string): string {
  const shown = text.length <= MOST ? text : text.slice(0, MOST);
  return markdown.render(visibleText(shown.replaceAll('\t', '    '))) + cutNote(text.length);
}

function cutNote(length: number): string {
  if (length <= MOST) return '';
  return `<p class="cut">Shown are the first ${MOST} of ${length} characters.</p>`;
}

function shifted(tag: string): string {
  const level = Number(tag.slice(1)) + HEADING_SHIFT;
  return `h${Math.min(6, level)}`;
}

function linkEndingAt(tokens: Tokens, close: number) {
  const open = tokens.findLastIndex(({ type }, i) => i < close && type === 'link_open');
  const words = tokens.slice(open + 1, close).map(({ content }) => content);
  return { href: attribute(tokens[open], 'href'), words: words.join('') };
}
