import { expect, test } from "vitest";
import { anEvent, aParticipant, aPrompt, someSettings } from "../../../testing/builders.ts";
import { faults, html, person } from "../../../testing/mailBuilders.ts";
import { RenderError } from "./renderError.ts";

test("a prompt is taken from the event, then the default in the language, then the universal default", () => {
  const of = (event: string, language: string) => aPrompt({ event, language, text: `${event} ${language}` });
  const all = [
    of("default", "universal"),
    of("default", "EN"),
    of("E2026", "EN"),
    of("E2026", "SP"),
    of("default", "SP"),
  ];
  expect(html("#salutation", { prompts: all })).toBe("E2026 EN");
  expect(html("#salutation", { prompts: all.slice(0, 2) })).toBe("default EN");
  expect(html("#salutation", { prompts: all.slice(0, 1) })).toBe("default universal");
  expect(faults("#salutation", { prompts: [of("E2026", "SP")] })[0]?.text).toContain("missing");
  expect(faults("#salutation", { prompts: [aPrompt({ text: " " })] })[0]?.text).toContain("blank");
});

test("prompts are parsed in their place, three levels deep, without circles; their faults name them", () => {
  const chain = (depth: number) => [
    aPrompt({ key: "salutation", text: depth > 1 ? "<i>1 #reglink</i>" : "<b>||name||</b>" }),
    aPrompt({ key: "reglink", text: depth > 2 ? "2 #offeringsection" : "<b>||name||</b>" }),
    aPrompt({ key: "offeringsection", text: depth > 3 ? "||retreats||" : "<subevent> ||name||" }),
    aPrompt({ key: "stay", text: "4" }),
  ];
  const event = anEvent({ config: { whichRetreatsConfig: { a: { prompt: "stay" } } } });
  expect(html("#salutation", { event, prompts: chain(3) }, person({ first: "<A>", last: "" }))).toBe(
    "<i>1 2 weekend &lt;A&gt;</i>",
  );
  expect(faults("x\n #salutation", { event, prompts: chain(4) })).toEqual([
    expect.objectContaining({ line: 2, column: 2, text: expect.stringContaining("more than 3 levels deep") }),
  ]);
  const circle = [aPrompt({ text: "#reglink" }), aPrompt({ key: "reglink", text: "#salutation" })];
  expect(faults("#salutation", { prompts: circle })[0]?.text).toContain(
    "default#salutation#EN → default#reglink#EN → default#salutation#EN",
  );
  expect(faults("#salutation", { prompts: [aPrompt({ text: "a\n b *|X|*" })] })[0]?.text).toMatch(
    /^In prompt default#salutation#EN, line 2, column 4: Unknown tag/,
  );
});

test("house macros and their prompts", () => {
  const event = anEvent({
    subEvents: { weekend: {}, week: {} },
    config: {
      reglinkv2: true,
      whichRetreatsConfig: {
        "a-1": { prompt: "first", offeringTotal: 100.1, offeringCashTotal: 20 },
        "b-1": { prompt: "second", offeringTotal: 50 },
      },
    },
  });
  const prompts = [
    aPrompt({ key: "reglinkv2", text: '<a href="https://register.example.org/?aid=||aid||&pid=||pid||">Go</a>' }),
    aPrompt({ key: "offeringsection", text: "[<subevent> #if offering <subevent>\n: paid #endif]" }),
    aPrompt({ key: "first", text: "First of *|FNAME|*" }),
    aPrompt({ key: "second", text: "Second" }),
  ];
  const participant = aParticipant({
    id: "p9",
    first: " Ana ",
    last: null,
    programs: {
      E2026: {
        whichRetreats: { "b-1": true, "a-1": true },
        offeringHistory: { week: { offeringSKU: "X", installments: { one: { offeringAmount: 3010 } } } },
      },
    },
  });
  const of = (source: string, who = participant) => html(source, { event, prompts }, { participant: who });
  expect(of("||name||,||pid||,||aid||,||hash||,||balance||")).toBe("Ana,p9,E2026,0a1b2c,100.00 EUR");
  expect(of("#reglink")).toBe('<a href="https://register.example.org/?aid=E2026&pid=p9">Go</a>');
  expect(of("#offeringsection week<br>#offeringsection")).toBe("[week \n: paid ]<br>[weekend ]");
  expect(of("#retreats")).toBe("<ul><li>First of Ana</li><li>Second</li></ul>");
  expect(of("#if retreats x b\nyes #endif #if retreats c\nno #endif")).toBe("\nyes  ");
  const withoutRetreats = aParticipant();
  expect(() => of("||retreats||", withoutRetreats)).toThrow(RenderError);
  expect(of("#if retreats a\n||retreats||#else none #endif", withoutRetreats)).toBe(" none ");
  const other = aParticipant({ programs: { E2026: { whichRetreats: { z: true } } } });
  expect(() => of("||balance||", other)).toThrow(/"z" was selected but has no row/);
  expect(() => of("||retreats||", other)).toThrow(RenderError);
});

test("# macros count in text only, at a word boundary; other hashtags must be allowed", () => {
  const kept =
    '<p style="color:#if">C#else a#endif https://x.org/#else &#35; #1 #Big #yoga</p><!-- #if --><style>#else{}</style><a href="https://x.org/#endif">x</a>';
  expect(html(kept, { settings: someSettings({ allowedHashtags: ["#yoga"] }) })).toBe(kept);
});
