import { expect, test } from "vitest";
import { html, person } from "../../../testing/mailBuilders.ts";

const archive = "https://mail.example.org/view/token";

test.each([
  [`<a href=" https://x.org ">x</a>`, `<a href="https://x.org">x</a>`],
  [`<a href="\n\t*|ARCHIVE|* \r\n">x</a>`, `<a href="${archive}">x</a>`],
  [`<a href="&#32;&#x0a;https://x.org&Tab;&nbsp;">x</a>`, `<a href="https://x.org">x</a>`],
  [`<img src='\u00a0https://x.org/a.png\u200b' alt=" a ">`, `<img src='https://x.org/a.png' alt=" a ">`],
  [
    `<a href=" *|IF:FNAME|* https://x.org/a *|ELSE:|* https://x.org/b *|END:IF|* ">x</a>`,
    `<a href="https://x.org/a">x</a>`,
  ],
  [
    `<a href=" *|IF:LNAME=X|* https://x.org/a *|ELSE:|* https://x.org/b *|END:IF|* ">x</a>`,
    `<a href="https://x.org/b">x</a>`,
  ],
  [`<a href="*|IF:FNAME|* *|IF:FNAME|* https://x.org *|END:IF|* *|END:IF|*">x</a>`, `<a href="https://x.org">x</a>`],
  [`<a href=" ">x</a>`, `<a href="">x</a>`],
  [`<a href=" *|IF:FNAME=X|* *|ELSE:|* https://x.org *|END:IF|* ">x</a>`, `<a href="https://x.org">x</a>`],
  [`<a href="mailto:a@x.org?body=a *|IF:FNAME|* b *|END:IF|* c ">x</a>`, `<a href="mailto:a@x.org?body=a  b  c">x</a>`],
  [
    `<!--[if mso]><v:fill src=" https://x.org/a.png "/><![endif]-->`,
    `<!--[if mso]><v:fill src="https://x.org/a.png"/><![endif]-->`,
  ],
])("acceptance 39: blanks around a link are not mailed: %j", (source, expected) => {
  expect(html(source, {}, person({ first: "Ana", last: "Novak" }))).toBe(expected);
});

test.each(["<a href='https://x.org'>x</a> y", '<p title=" x "> y </p>', "<a href=https://x.org >x</a>"])(
  "blanks elsewhere stay: %s",
  (source) => expect(html(source)).toBe(source),
);
