import { expect, test } from "vitest";
import { html } from "../../../testing/mailBuilders.ts";

test.each([
  ['<meta charset="windows-1252">', '<meta charset="utf-8">'],
  ["<META CHARSET=iso-8859-1>", "<META CHARSET=utf-8>"],
  [
    '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1" />',
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />',
  ],
  [
    '<meta content="text/html;charset=koi8-r;x" http-equiv=content-type>',
    '<meta content="text/html;charset=utf-8;x" http-equiv=content-type>',
  ],
  ['<meta charset=" utf-16 ">', '<meta charset=" utf-8 ">'],
])("acceptance 41: the mail says that it is UTF-8, whatever the template declares: %s", (source, expected) => {
  expect(html(`<head>${source}</head>*|FNAME|*`)).toBe(`<head>${expected}</head>Ana`);
});

test.each(['<meta charset="UTF-8">', '<meta name="viewport" content="width=device-width">', "<p>charset=koi8-r</p>"])(
  "%s stays",
  (source) => expect(html(source)).toBe(source),
);
