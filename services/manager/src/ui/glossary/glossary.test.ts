import { expect, test } from "vitest";
import { anchorOf, glossary } from "./glossary.ts";

const terms = glossary.flatMap((section) => Object.entries(section.terms));

test("each term has one meaning, in whole sentences, and an address of its own", () => {
  const anchors = terms.map(([term]) => anchorOf(term));
  expect(anchors.filter((anchor, index) => anchor === "" || anchors.indexOf(anchor) !== index)).toEqual([]);
  expect(terms.filter(([, meaning]) => !/^[A-Z].*[.]$/.test(meaning))).toEqual([]);
});
