/** The style of a transcript as a page: for screens in both modes, and for paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2025; --faint: #666c75; --rule: #d9dce1; --ground: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6ea; --faint: #9aa1ab; --rule: #383d45; --ground: #16181c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem 4rem; color: var(--ink);
  background: var(--ground); font: 1rem/1.5 system-ui, sans-serif; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
header p, footer, .nothing { color: var(--faint); }
header p { margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
h2 small { color: var(--faint); font-weight: normal; }
.day { font-size: 1rem; margin: 1.75rem 0 .5rem; padding: .3rem 0; border-bottom: 1px solid var(--rule);
  position: sticky; top: 0; background: var(--ground); }
ol { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 5rem 1fr; padding: .2rem 0; }
li:target { outline: 2px solid #c9820a; outline-offset: 3px; }
time { color: var(--faint); font-size: .85rem; font-variant-numeric: tabular-nums; padding-top: .12rem; }
li p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.line p { color: var(--faint); font-style: italic; }
.notice p { border-left: 3px solid var(--rule); padding-left: .6rem; }
li small { color: var(--faint); font-size: .8rem; }
.said b { color: light-dark(var(--on-light), var(--on-dark)); }
.p0 { --on-light: #0b5cad; --on-dark: #7ab8f5; } .p1 { --on-light: #a3330f; --on-dark: #f2a083; }
.p2 { --on-light: #1c6b33; --on-dark: #84cf9b; } .p3 { --on-light: #7a2ea0; --on-dark: #d0a0ea; }
.p4 { --on-light: #7d5500; --on-dark: #e0b25c; } .p5 { --on-light: #066a72; --on-dark: #6fcbd4; }
.p6 { --on-light: #a81e57; --on-dark: #f09bbd; } .p7 { --on-light: #45508f; --on-dark: #aab4f0; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: .5rem; font-size: .9rem; }
@page { margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --faint: #555; --rule: #bbb; --ground: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .day { position: static; break-after: avoid; }
  h2 { break-after: avoid; }
  li { break-inside: avoid; grid-template-columns: 4rem 1fr; }
  .said b { color: #000; }
}
`;
