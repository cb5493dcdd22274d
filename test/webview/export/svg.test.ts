// A saved SVG needs nothing but itself and keeps text as text; colours are written as every program reads them.
import { describe, expect, it } from 'vitest';
import { plainColor } from '../../../webview/export/plain-color';
import { svgText } from '../../../webview/export/svg-text';

describe('the text of a saved picture', () => {
  const box = { x: -5, y: -20, width: 100, height: 50 };

  it('is a whole file with its title, its words and its background', () => {
    const text = svgText({ box, background: '#1f1f1f', title: 'Loss', description: 'It falls.', marks: [{ tag: 'line', attributes: { x1: '0', stroke: '#fff' }, children: [] }] });
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="50" viewBox="-5 -20 100 50" role="img"><title>Loss</title><desc>It falls.</desc>'
      + '<rect x="-5" y="-20" width="100" height="50" fill="#1f1f1f"/><line x1="0" stroke="#fff"/></svg>\n',
    );
  });

  it('keeps what a person wrote as text, and drops what XML cannot hold', () => {
    const text = svgText({ box, background: 'none', title: '</title><script>', description: '', marks: [{ tag: 'text', attributes: { 'font-family': '"A", B' }, children: ['a & b\u0000\ud800 😀'] }] });
    expect(text).not.toContain('<script');
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
    expect(text).toContain('<text font-family="&quot;A&quot;, B">a &amp; b\ufffd\ufffd 😀</text>');
  });
});

describe('resolved colours', () => {
  it.each([
    ['rgb(31, 31, 31)', '#1f1f1f', 1],
    ['rgba(255, 0, 10, 0.5)', '#ff000a', 0.5],
    ['rgba(0, 0, 0, 0)', 'none', 1],
    ['color(srgb 1 0.5 0 / 0.25)', '#ff8000', 0.25],
    ['color(srgb 0.2 1e-7 1)', '#3300ff', 1],
    ['url("#hatch")', 'url(#hatch)', 1],
    ['url("vscode-webview://x/index.html#hatch")', 'url(#hatch)', 1],
    ['none', 'none', 1],
  ])('%s is %s', (computed, color, opacity) => {
    expect(plainColor(computed)).toEqual({ color, opacity });
  });
});
