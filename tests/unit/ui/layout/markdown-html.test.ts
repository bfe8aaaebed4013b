import { describe, expect, it } from 'vitest';
import { markdownHtml } from '#ui/layout/markdown-html.ts';

describe('Markdown of author code', () => {
  it('has headings below those of the page, lists, code and tables', () => {
    expect(markdownHtml('# Report\n\n###### deep')).toBe('<h4>Report</h4>\n<h6>deep</h6>\n');
    expect(markdownHtml('- *a*\n- **b**')).toBe(
      '<ul>\n<li><em>a</em></li>\n<li><strong>b</strong></li>\n</ul>\n',
    );
    expect(markdownHtml('```js visually-hidden\na < b\n```')).toBe(
      '<pre><code>a &lt; b\n</code></pre>\n',
    );
    const table = markdownHtml('| a | b |\n|:-:|--:|\n| 1 | 2 |');
    expect(table).toContain('<div class="wide" role="region" aria-label="Table" tabindex="0">');
    expect(table).toContain('<th class="center">a</th>');
    expect(table).toContain('<td class="right">2</td>');
    expect(table).not.toContain('style');
  });

  it('shows HTML as text', () => {
    const html = markdownHtml('<img src=x onerror=alert(1)> <script>alert(1)</script>\n\n<b>x</b>');
    expect(html).not.toMatch(/<(?!\/?p>)/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('has links with their address beside them, which open without a way back', () => {
    expect(markdownHtml('[my bank](https://evil.example/a?b=1&c)')).toBe(
      '<p><a href="https://evil.example/a?b=1&amp;c" rel="noopener noreferrer" target="_blank">my bank</a> ' +
        '<span class="address">(https://evil.example/a?b=1&amp;c)</span></p>\n',
    );
    expect(markdownHtml('<https://example.org/>')).toBe(
      '<p><a href="https://example.org/" rel="noopener noreferrer" target="_blank">https://example.org/</a></p>\n',
    );
  });

  it('has no link to anything but http and https', () => {
    for (const url of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      '//evil.example',
      '#/runs',
      './relative',
      'https://bank.example@evil.example/',
    ])
      expect(markdownHtml(`[x](${url}) ![y](${url})`), url).not.toMatch(/<a|<img/);
  });

  it('loads no image, and says which there was', () => {
    expect(markdownHtml('![a cat](https://example.org/cat.png)')).toBe(
      '<p>[image: a cat, https://example.org/cat.png]</p>\n',
    );
  });

  it('makes visible what hides or reorders text', () => {
    expect(markdownHtml('safe\u202egnp.exe \u0007')).toContain('safe\\u202egnp.exe \\x07');
  });

  it('is cut where it is very long, and says so', () => {
    const html = markdownHtml('x'.repeat(200_001));
    expect(html).toContain('Shown are the first 200000 of 200001 characters.');
    expect(html.length).toBeLessThan(200_200);
  });
});
