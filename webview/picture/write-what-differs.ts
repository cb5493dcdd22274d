// Makes `attr` and `text` of d3's selections write only what differs: the browser lays out and paints anew whatever is written, even the same.
// Not a cache: the document itself is asked, which costs a fraction of writing. Names with a prefix, tweens and readings are d3's own.
// Invariant: the document is the same as with d3's own methods.
import { selection } from 'd3-selection';

type Value = string | number | boolean | null;
type Make = (this: Element, datum: unknown, index: number, group: readonly Element[]) => Value;

interface Writing {
  each(write: Make): unknown;
}
type Method = (this: Writing, ...parameters: unknown[]) => unknown;

const prototype = selection.prototype as unknown as { attr: Method; text: Method };
const { attr, text } = prototype;

const made = (value: unknown, element: Element, parameters: Parameters<Make>): Value => (typeof value === 'function' ? (value as Make).apply(element, parameters) : (value as Value));

prototype.attr = function (...parameters) {
  const [name, value] = parameters;
  if (parameters.length < 2 || typeof name !== 'string' || name.includes(':')) return attr.apply(this, [...parameters]);
  return this.each(function (...given) {
    const wanted = made(value, this, given);
    if (wanted === null || wanted === undefined) this.removeAttribute(name);
    else if (this.getAttribute(name) !== String(wanted)) this.setAttribute(name, String(wanted));
    return null;
  });
};

prototype.text = function (...parameters) {
  if (parameters.length < 1) return text.apply(this, parameters);
  return this.each(function (...given) {
    const wanted = String(made(parameters[0], this, given) ?? '');
    if (this.textContent !== wanted || this.childElementCount > 0) this.textContent = wanted;
    return null;
  });
};
