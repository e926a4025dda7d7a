/** Text made safe for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
}

/** A whole small page in both colour schemes; `main` is HTML. */
export function page(title: string, main: string, accent = '#1f5fa8'): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; --accent: ${accent}; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#eef1f5, #15181d);
  color: light-dark(#1b1f24, #e8eaed); }
main { width: min(24rem, 100%); padding: 2rem; border-radius: 0.75rem;
  background: light-dark(#fff, #21252c); box-shadow: 0 2px 16px #0002; }
h1 { font-size: 1.3rem; margin: 0.75rem 0 0.25rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; padding: 0.6rem; font: inherit; border: 1px solid #7d8793;
  border-radius: 0.4rem; background: transparent; color: inherit; }
button { width: 100%; margin-top: 1.5rem; padding: 0.7rem; font: inherit; font-weight: 600;
  color: #fff; background: var(--accent); border: 0; border-radius: 0.4rem; cursor: pointer; }
:is(input, button):focus-visible { outline: 3px solid light-dark(#1b1f24, #fff); outline-offset: 2px; }
.error { padding: 0.6rem 0.8rem; border-left: 4px solid #c0362c;
  background: light-dark(#fdecea, #43211f); }
small { display: block; margin-top: 1.5rem; color: light-dark(#545d68, #a3abb5); }
</style>
</head>
<body><main>
${main}
</main></body>
</html>
`;
}
