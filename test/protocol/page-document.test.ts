// The document lets one script run and nothing else.
import { expect, it } from 'vitest';
import { pageDocument } from '../../protocol/page-document';

const page = { title: 'Train “a<b>”', script: 'https://x/training.js', style: 'https://x/training.css', source: 'https://x', nonce: 'abc' };

it('allows scripts by nonce only, and no engine where there is none', () => {
  const html = pageDocument(page);
  expect(html).toContain("default-src 'none'; script-src 'nonce-abc'; style-src https://x 'nonce-abc';");
  expect(html).not.toContain('wasm-unsafe-eval');
  expect(html).not.toContain('unsafe-inline');
  expect(html).toContain('<title>Train “a&lt;b&gt;”</title>');
});

it('opens the door for an engine where the page carries one', () => {
  expect(pageDocument({ ...page, engine: true })).toContain("script-src 'nonce-abc' 'wasm-unsafe-eval'; connect-src https://x; worker-src blob:;");
});
