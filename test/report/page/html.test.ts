/** @file The template tag escapes what it is given. */

import { describe, expect, test } from "vitest";
import { html, joinFragments } from "../../../src/report/page/html.js";

describe("html`…`", () => {
  test("escapes text in content and in attributes", () => {
    const evil = `<script>"&'</script>`;
    expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
      `<p title="&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;">&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;</p>`,
    );
  });

  test("takes HTML as it is, however deep in lists", () => {
    expect(html`<ul>${["a", "<b>"].map((name) => html`<li>${name}</li>`)}</ul>`.text).toBe(
      "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
    );
    expect(html`${[[html`<i></i>`], ["&"]]}`.text).toBe("<i></i>&amp;");
  });

  test("leaves out what is not there, and keeps 0 and empty text", () => {
    expect(html`a${undefined}${null}${false}${0}${""}b`.text).toBe("a0b");
  });

  test("joins", () => {
    expect(html`${joinFragments([html`<b>1</b>`, "2"], " & ")}`.text).toBe("<b>1</b> &amp; 2");
  });
});

describe("names of strangers", () => {
  test("turn nothing around them, and hold nothing invisible", () => {
    expect(html`<b>${"\u202egnp.exe\u0007"}</b> is right`.text).toBe("<b>\\u202egnp.exe\\u0007</b> is right");
    expect(html`<b title="${"قط"}">${"cat"}</b>`.text).toBe('<b title="\u2068قط\u2069">cat</b>');
    expect(html`<pre>${"a\nb"}</pre>`.text).toBe("<pre>a\nb</pre>");
  });
});
