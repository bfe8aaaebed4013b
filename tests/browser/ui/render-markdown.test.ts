import { afterEach, describe, expect, it } from 'vitest';
import { renderMarkdown } from '#ui/live/render-markdown.ts';

const HOSTILE = [
  '<script>globalThis.owned = 1</script>',
  '<img src=x onerror="globalThis.owned = 1">',
  '<svg onload="globalThis.owned = 1"><a xlink:href="javascript:globalThis.owned=1"><rect/></a></svg>',
  '<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>',
  '[x](javascript:globalThis.owned=1)',
  '[x](&#106;avascript:globalThis.owned=1)',
  '[x](java\nscript:globalThis.owned=1)',
  '[x](<javascript:globalThis.owned=1>)',
  '<javascript:globalThis.owned=1>',
  '[x]: javascript:globalThis.owned=1\n\n[x]',
  '![x](x" onerror="globalThis.owned=1)',
  '[x](https://a.example/" onclick="globalThis.owned=1)',
  '[x](https://a.example "t\\" onclick=globalThis.owned=1 x=\\"")',
  '`<img src=x onerror=globalThis.owned=1>`',
  '```"><img src=x onerror=globalThis.owned=1>\ncode\n```',
  '| <img src=x onerror=globalThis.owned=1> |\n|---|\n| <math><mtext></form><form><mglyph><style></math><img src onerror=globalThis.owned=1> |',
  '<details open ontoggle=globalThis.owned=1>x</details>',
  '<a href="data:text/html,<script>opener.owned=1</script>">x</a>',
  '<form action="https://a.example"><input name=attributes></form>',
  '<base href="https://a.example/"><meta http-equiv=refresh content="0;url=https://a.example">',
];

const ELEMENTS = new Set(
  'p br hr h4 h5 h6 ul ol li blockquote pre code em strong s a span div table thead tbody tr th td'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set('href rel target class start role aria-label tabindex'.split(' '));

function shown(text: string): HTMLElement {
  const place = document.createElement('div');
  document.body.append(place);
  place.replaceChildren(renderMarkdown(text));
  return place;
}

/** By the time its error is told, those of images before it would have been. */
const brokenImage = () =>
  new Promise((resolve) => {
    const image = new Image();
    image.onerror = resolve;
    image.src = 'data:image/png,x';
  });

afterEach(() => {
  document.body.replaceChildren();
  Reflect.deleteProperty(globalThis, 'owned');
});

describe('Markdown in the page', () => {
  it('runs nothing, whatever it holds', async () => {
    const place = shown(HOSTILE.join('\n\n'));
    for (const one of HOSTILE) shown(one);
    for (const element of document.body.querySelectorAll<HTMLElement>('div *')) {
      expect(ELEMENTS, element.outerHTML).toContain(element.localName);
      for (const { name } of element.attributes)
        expect(ATTRIBUTES, element.outerHTML).toContain(name);
    }
    for (const link of document.body.querySelectorAll('a')) {
      expect(link.protocol, link.outerHTML).toMatch(/^https?:$/);
      expect(link.rel).toBe('noopener noreferrer');
      expect(link.target).toBe('_blank');
    }
    expect(place.textContent).toContain('<script>globalThis.owned = 1</script>');
    await brokenImage();
    expect('owned' in globalThis).toBe(false);
  });

  it('keeps what makes a text readable', () => {
    const place = shown('# Report\n\n3. three\n\n| a |\n|--:|\n| 1 |\n\n[x](https://a.example/)');
    expect(place.querySelector('h4')?.textContent).toBe('Report');
    expect(place.querySelector('ol')?.start).toBe(3);
    expect(place.querySelector('td')?.className).toBe('right');
    expect(place.querySelector('.wide')?.getAttribute('tabindex')).toBe('0');
    expect(place.querySelector('a')?.href).toBe('https://a.example/');
    expect(place.querySelector('.address')?.textContent).toBe('(https://a.example/)');
  });
});
