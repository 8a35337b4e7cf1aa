import { expect, test } from "vitest";
import { decodeTemplate } from "./decodeTemplate.ts";

const latin = (text: string) => Buffer.from(text, "latin1");
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

test.each([
  ["UTF-8 without a declaration", Buffer.from("<p>Grüße</p>"), "<p>Grüße</p>"],
  ["UTF-8 with a mark", Buffer.from("\ufeff<p>Grüße</p>"), "<p>Grüße</p>"],
  [
    "UTF-8 with a mark against its declaration",
    Buffer.from('\ufeff<meta charset="iso-8859-1">ü'),
    '<meta charset="iso-8859-1">ü',
  ],
  ["UTF-16, little end first", Buffer.from("\ufeff<p>Grüße</p>", "utf16le"), "<p>Grüße</p>"],
  ["UTF-16, big end first", utf16be("\ufeff<p>Grüße</p>"), "<p>Grüße</p>"],
  ["Windows-1252", latin('<meta charset="windows-1252">Gr\xfc\xdfe \x80'), '<meta charset="windows-1252">Grüße €'],
  [
    "Latin-1, which the web reads as Windows-1252",
    latin("<meta charset=iso-8859-1>\x80"),
    "<meta charset=iso-8859-1>€",
  ],
  [
    "a declaration of old",
    latin('<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=ISO-8859-2">\xb1'),
    '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=ISO-8859-2">ą',
  ],
  [
    "an XML declaration",
    latin('<?xml version="1.0" encoding="koi8-r"?>\xc1'),
    '<?xml version="1.0" encoding="koi8-r"?>а',
  ],
  ["Shift_JIS", Buffer.from('<meta charset="shift_jis">\x93\xfa', "latin1"), '<meta charset="shift_jis">日'],
  [
    "ASCII that declares something else",
    Buffer.from('<meta charset="windows-1251">x'),
    '<meta charset="windows-1251">x',
  ],
  ["a declaration in a comment", Buffer.from('<!-- <meta charset="koi8-r"> -->ü'), '<!-- <meta charset="koi8-r"> -->ü'],
  ["UTF-16 declared in ASCII", Buffer.from('<meta charset="utf-16">ü'), '<meta charset="utf-16">ü'],
])("acceptance 41: %s is read", (_, bytes, text) => {
  expect(decodeTemplate(bytes)).toEqual({ text });
});

test.each([
  ["no declaration and no UTF-8", latin("<p>Gr\xfc\xdfe</p>"), /^is not UTF-8 and declares no other encoding/],
  ["UTF-8 declared and none", latin('<meta charset="utf-8">Gr\xfc\xdfe'), /^is declared to be UTF-8 and is not/],
  ["UTF-16 without a mark", Buffer.from("<p>plain</p>", "utf16le"), /^holds NUL characters/],
  ["UTF-32", Buffer.from("\ufeff\0<\0p\0>\0", "utf16le"), /^holds NUL characters/],
  ["a mark of UTF-8 and none", Buffer.from([0xef, 0xbb, 0xbf, 0xfc]), /^is declared to be UTF-8 and is not/],
  [
    "an encoding that does not exist",
    latin('<meta charset="latin-15">\xfc'),
    /^declares the encoding "latin-15", which/,
  ],
  [
    "bytes the declared one has not",
    Buffer.from('<meta charset="shift_jis">\x81', "latin1"),
    /^is not in the encoding "shift_jis"/,
  ],
  [
    "UTF-8 that declares Windows-1252",
    Buffer.from('<meta charset="windows-1252">Grüße'),
    /but is UTF-8: declare UTF-8/,
  ],
])("acceptance 41: %s is refused", (_, bytes, problem) => {
  expect(decodeTemplate(bytes)).toEqual({ problem: expect.stringMatching(problem) });
});
