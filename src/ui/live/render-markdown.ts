import purify from 'dompurify';
import { markdownHtml } from '#ui/layout/markdown-html.ts';

const TAGS =
  'p br hr h4 h5 h6 ul ol li blockquote pre code em strong s a span div table thead tbody tr th td';
/** Not addresses: they need not look like one. */
const PLAIN_ATTRIBUTES = 'rel target class start role aria-label tabindex'.split(' ');

/** A fragment to put into the page; never a string, so that nobody sets it as HTML. Loaded when it is first needed. */
export function renderMarkdown(text: string): DocumentFragment {
  return purify.sanitize(markdownHtml(text), {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ['href', ...PLAIN_ATTRIBUTES],
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: /^https?:\/\//i,
    RETURN_DOM_FRAGMENT: true,
  });
}
