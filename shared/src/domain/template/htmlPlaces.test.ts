import { expect, test } from "vitest";
import { readPlaces } from "./htmlPlaces.ts";
import { placeAt } from "./place.ts";

function kindOf(source: string): string {
  const offset = source.lastIndexOf("x");
  const { kind, attribute, quoted, conditional, inLink } = placeAt(readPlaces(source).places, offset);
  return [kind, attribute, quoted && "quoted", conditional && "conditional", inLink && "in link"]
    .filter(Boolean)
    .join(" ");
}

test.each([
  ["x", "text"],
  ["<p>x</p>", "text"],
  ["a < b x > c", "text"],
  ["<b>a</b> <a href='y'>b x", "text in link"],
  ["<a>b</a>x", "text"],
  ["<p title='x'>", "attribute title quoted"],
  ["<p title=x>", "attribute title"],
  ['<p title="a>b x">', "attribute title quoted"],
  ["<A HREF=' x'>", "link href quoted"],
  ['<img src="x"/>', "link src quoted"],
  ["<p x>", "tag"],
  ["</p x>", "tag"],
  ["<!doctype x>", "tag"],
  ["<!-- x -->", "comment"],
  ["<!-- > x -->", "comment"],
  ["<!-->x", "text"],
  ["<!--a-->x", "text"],
  ["<!--x", "comment"],
  ["<![if !mso]>x<![endif]>", "text"],
  ["<!--[if mso]>x<![endif]-->", "text conditional"],
  ["<!--[if mso]><v:rect href='x'><![endif]-->", "link href quoted conditional"],
  ["<!--[if mso]><td><![endif]-->x", "text"],
  ["<!--[if !mso]><!-->x<!--<![endif]-->", "text"],
  ["<style>a{} x </style>", "style"],
  ["<script>if (a<b) x</script>", "script"],
  ["<title>a <b> x</title>", "title"],
  ["<style>a</style>x", "text"],
  // A value could close a tag that the source leaves open.
  ["<p>a<b x", "tag"],
  ["<p>a<x", "tag"],
  ["<p>a<bx<i", "tag"],
  ["<p>a</x", "tag"],
  ["<p>a <b></b> < x", "text"],
  ["<p>a<b title='x", "tag"],
  ["<p>a<b title='y' x", "tag"],
  // In SVG and MathML a title holds elements.
  ["<svg><title><b x></title></svg>", "tag"],
  ["<svg><title>x</title></svg>", "title"],
  ["<svg/><title><b x></title>", "title"],
  ["<svg><desc><title><b x></title></desc></svg>", "title"],
  ["<svg></svg><title><b x></title>", "title"],
  ["<math><title><b x></title></math>", "tag"],
  ["<style>a</style><title>b</title><textarea>x", "title"],
])("the x of %s is in: %s", (source, expected) => {
  expect(kindOf(source)).toBe(expected);
});
