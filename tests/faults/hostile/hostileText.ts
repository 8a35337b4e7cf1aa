import fc from "fast-check";

/** What ends a line, a header, a message, a quote or a value somewhere on the way of a text through the product. */
const breakouts = [
  ...[
    "\r",
    "\n",
    "\r\n",
    "\n.\n",
    "\r\n.\r\n",
    "\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
    "\r\n\r\n",
    "\0",
    "\x1b[31m",
  ],
  ...[
    "\r\nBcc: x@evil.example",
    "\nContent-Type: text/html",
    "\u2028Bcc: x@evil.example",
    "\x85To: x@evil.example",
    "\x0b",
    "\x7f",
  ],
  ...[
    "=?utf-8?Q?=0D=0ABcc:_x@evil.example?=",
    "=?utf-8?B?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "=?x?Q?",
    "?=",
    "=?",
    "=0D=0A",
    "=\r\n",
  ],
  ...[
    '"',
    "'",
    "\\",
    '\\"',
    "<",
    ">",
    "(",
    ")",
    ",",
    ";",
    ":",
    "@",
    "<x@evil.example>",
    '" <x@evil.example>, "',
    ".",
    "..",
    "--",
    "--=_",
  ],
  ...[
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title>",
    "</style>",
    "-->",
    "]]>",
  ],
  ...[
    "javascript:alert(1)",
    "&lt;script&gt;",
    "&#x3c;",
    "%3Cscript%3E",
    "%0d%0aBcc:",
    "url(javascript:1)",
    "expression(1)",
  ],
  ...[
    "*|FNAME|*",
    "*|UNSUB|*",
    "||name||",
    "#if oathed",
    "#endif",
    "{{x}}",
    "%%x%%",
    "*|IF:FNAME|*",
    "$&",
    "$1",
    "__proto__",
  ],
];

/** What is read, shown or counted otherwise than it looks. */
const letters = [
  ...[
    "\ud800",
    "\udc00",
    "\udfff\ud800",
    "\u202e",
    "\u202d",
    "\u2066",
    "\u2069",
    "\u200f",
    "\u061c",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\ufdd0",
    "\uffff",
  ],
  ...[
    "e\u0301",
    "\u0301",
    "İ",
    "ı",
    "ß",
    "ﬁ",
    "日本語",
    "😀",
    "👩\u200d👩\u200d👧",
    "🏳️\u200d🌈",
    "ك",
    "א",
    "Ω",
    "…",
    "\u00a0",
    "\u3000",
    "\t",
    " ",
    "  ",
  ],
  ...[
    "Ana",
    "Müller",
    "O'Neill",
    "García",
    "van der Berg",
    "x".repeat(1200),
    "ü".repeat(700),
    "word ".repeat(200),
    "日".repeat(400),
  ],
];

/** A text of such pieces and of any characters. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...breakouts) },
      { weight: 4, arbitrary: fc.constantFrom(...letters) },
      { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
      { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join(""));

/** One change of a text: at a share of its length, so that it shrinks with any example. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("insert"), at: fc.nat(9999), size: fc.constant(0), text: hostileText }),
  fc.record({ kind: fc.constantFrom("delete", "double"), at: fc.nat(9999), size: fc.nat(400), text: fc.constant("") }),
  fc.record({ kind: fc.constant("replace"), at: fc.nat(9999), size: fc.nat(40), text: hostileText }),
  fc.record({ kind: fc.constant("cut"), at: fc.nat(9999), size: fc.constant(0), text: fc.constant("") }),
);

/** One of the examples, changed in up to six places. `pieces` are inserted as well: words of the language of the examples. */
export function mutated(examples: readonly string[], pieces: readonly string[] = []): fc.Arbitrary<string> {
  const own = fc.record({
    kind: fc.constant("insert"),
    at: fc.nat(9999),
    size: fc.constant(0),
    text: pieces.length > 0 ? fc.constantFrom(...pieces) : hostileText,
  });
  return fc
    .tuple(fc.constantFrom(...examples), fc.array(fc.oneof(change, own), { maxLength: 6 }))
    .map(([example, changes]) => changes.reduce(changed, example));
}

function changed(
  text: string,
  { kind, at, size, text: inserted }: { kind: string; at: number; size: number; text: string },
) {
  const from = Math.floor((text.length * at) / 10_000);
  const [before, taken, behind] = [text.slice(0, from), text.slice(from, from + size), text.slice(from + size)];
  if (kind === "cut") return before;
  if (kind === "double") return before + taken + taken + behind;
  return before + inserted + behind;
}
