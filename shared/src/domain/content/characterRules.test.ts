import fc from "fast-check";
import { expect, test } from "vitest";
import { aPrompt } from "../../../testing/builders.ts";
import { aMailSource, someMailSettings } from "../../../testing/mailBuilders.ts";
import type { MailSource } from "../template/mail.ts";
import type { Detail } from "../workOrder.ts";
import { checkContent } from "./contentCheck.ts";
import { mojibakeIn } from "./mojibake.ts";

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };

function found(source: Partial<MailSource>, prompt?: string): Detail[] {
  const settings = someMailSettings({ prompts: prompt ? [aPrompt({ text: prompt })] : [] });
  return checkContent(aMailSource(source), settings, rules).filter(({ rule }) => rule === "Q13");
}

test.each([
  ["the HTML", { html: "<p>\nGr\ufffd\ufffde</p>" }, { line: 2, column: 3 }],
  ["the HTML as a reference", { html: "<p>&#xFFFD;&#65533;</p>" }, { line: 1, column: 4 }],
  ["the subject", { subject: "Gr\ufffd\ufffde" }, { part: "subject", column: 3 }],
  ["the preview text", { previewText: "Gr\ufffd\ufffde" }, { part: "preview", column: 3 }],
])("acceptance 41: replacement characters in %s are an error with their place", (_, source, place) => {
  const text = expect.stringContaining("2 replacement characters");
  expect(found(source)).toEqual([expect.objectContaining({ severity: "error", ...place, text })]);
});

test("acceptance 41: a replacement character in a prompt of the mail is an error that names the prompt", () => {
  const text = expect.stringContaining("default#salutation");
  expect(found({ html: "<p>#salutation</p>" }, "Gr\ufffde")).toEqual([
    expect.objectContaining({ severity: "error", text }),
  ]);
});

/** As it looks when it is read in Windows-1252. */
function garbled(text: string): string {
  return new TextDecoder("windows-1252").decode(new TextEncoder().encode(text));
}

test.each(["ü", "ß", "é", "’", "“", "–", "€", "©", "\u00a0", "…", "😀", "Привет", "Ελλάδα", "שלום", "日本"])(
  "acceptance 41: %s read in Windows-1252 is a warning",
  (text) => {
    const [finding] = found({ html: `<p>a ${garbled(text)} b</p>` });
    expect(finding).toMatchObject({ severity: "warning", line: 1, column: 6 });
    expect(finding!.text).toContain("read in the wrong encoding");
  },
);

test("acceptance 41: Windows-1252 read as Latin-1 is a warning", () => {
  const [finding] = found({ html: "<p>it\u0092s \u0093so\u0094</p>" });
  expect(finding).toMatchObject({ severity: "warning", line: 1, column: 6 });
  expect(finding!.text).toContain("’");
});

test.each(["Â&nbsp;", "&Acirc;&nbsp;", "don&acirc;&euro;&trade;t", "&Atilde;&frac14;"])("%s is a warning", (text) => {
  expect(found({ html: `<p>${text}</p>` })).toEqual([expect.objectContaining({ severity: "warning" })]);
});

test.each([
  "Grüße aus München, «AMANHû, »MENÜ«, L’ÎLE, PÂTÉ, ÂGE, AÇÃO, São, Łódź, Ære, Ñandú",
  "Привет, как дела? Ελλάδα · 25 °C · 3 × 4 · § 5 · £20 · ½ · 日本語 · שלום · ไทย · İstanbul",
  "«À bientôt» – “so” … ‘x’ — € 20 ™ ©",
])("%s is fine", (text) => expect(found({ html: `<p>${text}</p>`, subject: text })).toEqual([]));

test("every text with letters beyond ASCII is seen when it was garbled", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z ]{0,9}[\u00e0-\u00ea\u2013-\u2026]{1,3}[a-z ]{0,9}$/u), (text) => {
      expect(mojibakeIn(garbled(text))).toBeDefined();
    }),
  );
});
