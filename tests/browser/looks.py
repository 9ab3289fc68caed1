# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be measured of a page's looks: contrast as WCAG counts it, and what a screen reader needs."""

_CONTRAST = r"""
const parse = (text) => text.match(/[\d.]+/g).map(Number);
const channel = (value) => { value /= 255; return value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4; };
const luminance = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
function background(element) {
  for (; element; element = element.parentElement) {
    const colour = parse(getComputedStyle(element).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
const found = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.textContent.trim() || !element.getClientRects().length) continue;
  const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(background(element))].sort((a, b) => b - a);
  const contrast = (one + .05) / (other + .05);
  if (contrast < 4.5) found.push(`${contrast.toFixed(1)}: ${texts.currentNode.textContent.trim().slice(0, 40)}`);
}
return found;
"""

_STRUCTURE = r"""
const found = [];
if (document.documentElement.lang !== "en") found.push("no language");
if (!document.title.trim()) found.push("no title");
if (document.querySelectorAll("h1").length !== 1) found.push("not exactly one h1");
if (document.querySelectorAll("main").length !== 1) found.push("not exactly one main");
for (const each of document.querySelectorAll("a, button")) if (!each.textContent.trim()) found.push("a link without words");
const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
if (new Set(ids).size !== ids.length) found.push("an id twice");
return found;
"""


def contrast_problems(visitor):
    """Texts with less than 4.5 : 1 against what lies behind them."""
    return visitor.script(_CONTRAST)


def structure_problems(visitor):
    return visitor.script(_STRUCTURE)
