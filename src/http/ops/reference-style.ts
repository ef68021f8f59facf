/** The stylesheet of the page `/reference`. The viewer brings its own inside its shadow tree. */
export const REFERENCE_STYLE = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; display: flex; flex-direction: column; height: 100vh; font: 1rem/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 2rem; padding: 0.75rem 1rem; border-bottom: 1px solid #d0d7de; }
h1 { margin: 0; font-size: 1.1rem; }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0; padding: 0; list-style: none; }
a { color: #0b57a4; }
a[aria-current] { color: #1b1f24; font-weight: 600; text-decoration: none; }
main > p, noscript > p { padding: 0 1rem; }
rapi-doc { flex: 1; min-height: 0; width: 100%; }
`
