import { describe, expect, it } from 'vitest';
import { html } from '../../../src/operator/html.ts';

describe('html', () => {
  it('escapes whatever is put in', () => {
    const name = `<img src=x onerror='alert(1)'> & "x" \`y\``;
    expect(html`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;x&quot; &#96;y&#96;">' +
        '&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp; &quot;x&quot; &#96;y&#96;</p>',
    );
  });

  it('takes its own markup as it is, and lists of it', () => {
    const items = ['<a>', 'b'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${null}${3}`.text).toBe('<ul><li>&lt;a&gt;</li><li>b</li></ul>3');
  });

  it('lets nothing give orders or turn the direction of a line', () => {
    expect(html`${'a\u0000b\u001b[2Jc\u202ed\u2066e'}`.text).toBe(
      'a\uFFFDb\uFFFD[2Jc\uFFFDd\uFFFDe',
    );
  });
});
