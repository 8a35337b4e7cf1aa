import fc from "fast-check";
import { expect, test } from "vitest";
import { anAccount, anEvent, anOrder } from "../../../testing/builders.ts";
import { aForm, aFormContext, judgedAt } from "../../../testing/formBuilders.ts";
import type { Tester } from "../configItems.ts";
import { instant } from "../time.ts";
import { workOrderSchema } from "../workOrder.ts";
import type { OrderFormContext } from "./formContext.ts";
import { judgeForm, judgeSleepingForm } from "./judgeForm.ts";
import type { OrderFields } from "./orderFields.ts";
import { emptyForm } from "./orderForm.ts";

const online = anEvent({ config: { pool: "everyone", inPerson: false } });
const longText = (characters: number) => "x".repeat(characters);
const judge = (fields: Partial<OrderFields>, context: Partial<OrderFormContext> = {}) =>
  judgeForm(aForm(fields), aFormContext(context));

test("a valid form is stored as it was entered, with what follows from event and stage", () => {
  const { errors, notes, stored } = judge({ testers: ["t-2", "t-1", "t-2"], languages: ["SP", "EN", "SP"] });
  expect(errors).toEqual({});
  expect(notes).toEqual({});
  const entered = aForm({ languages: ["SP", "EN"], testers: ["t-2", "t-1"] });
  const absent = { zoomId: undefined, zoomLink: undefined, sendUntil: undefined, revision: undefined };
  const derived = { inPerson: true, parentOrderId: undefined, sendingWindow: undefined, missedStart: undefined };
  expect(stored).toEqual({ ...entered, ...absent, ...derived });
});

function typedTester(n: number, event = "E2026"): Tester {
  const typed = { event, by: "anna", at: instant(judgedAt) };
  return { id: `t-${n}`, label: "", email: `tester-${n}@example.org`, typed };
}

const rules: [
  rule: string,
  fields: Partial<OrderFields>,
  field: string,
  sentence: string,
  context?: Partial<OrderFormContext>,
][] = [
  ["an event is needed", { eventCode: " " }, "eventCode", "Choose the event this mailing is about."],
  [
    "acceptance 13: a code with an underscore cannot be saved",
    { eventCode: "E_2026" },
    "eventCode",
    'The event code "E_2026" contains a character that is not allowed in a mailing key: use letters, digits and hyphens only.',
  ],
  [
    "the event exists and the user may see it",
    { eventCode: "E1" },
    "eventCode",
    'There is no event "E1", or you have no access to it. Choose another one.',
    { event: undefined },
  ],
  ["a sub-event is needed", { subEvent: "" }, "subEvent", "Choose the part of the event this mailing is about."],
  [
    "an event without parts says so",
    { subEvent: "" },
    "subEvent",
    "The event E2026 has no sub-event yet: have one added to it, or choose another event.",
    { event: anEvent({ subEvents: {} }) },
  ],
  [
    "the sub-event is one of the event",
    { subEvent: "winter" },
    "subEvent",
    'The event E2026 has no sub-event "winter". Choose one of: weekend.',
  ],
  [
    "acceptance 13: nor a sub-event with one",
    { subEvent: "week_end" },
    "subEvent",
    'The sub-event "week_end" contains a character that is not allowed in a mailing key',
    { event: anEvent({ subEvents: { week_end: {} } }) },
  ],
  ["a stage is needed", { stage: "" }, "stage", "Choose the stage: the kind of mail this is."],
  [
    "the stage is configured",
    { stage: "party" },
    "stage",
    'There is no stage "party". Choose one of: reg, reminder, confirm.',
  ],
  [
    "acceptance 34: event, sub-event and stage belong to one order",
    {},
    "stage",
    "The stage reg of E2026, weekend is already used by another work order: open that one, or choose another stage.",
    { keyHolder: "wo-1" },
  ],
  ["a language is needed", { languages: [] }, "languages", "Choose at least one language."],
  [
    "languages are configured",
    { languages: ["EN", "XX"] },
    "languages",
    "The language XX is not configured. Choose among: EN, SP, FR, DE.",
  ],
  [
    "every language has a subject",
    { languages: ["EN", "SP"], subjects: { EN: "Hello", SP: " \t " } },
    "subjects.SP",
    "The subject in Spanish (SP) is missing. Write one, or leave the language out.",
  ],
  [
    "a subject stays within what inboxes take, its prefix included",
    { subjects: { EN: longText(190) } },
    "subjects.EN",
    "The subject in English (EN) has 204 characters with the prefix of the stage, more than 200: shorten it.",
  ],
  [
    "an unknown tag is found in the subject, with what is known",
    { subjects: { EN: "Hi *|NICKNAME|*" } },
    "subjects.EN",
    "The subject in English (EN), character 4: Unknown tag *|NICKNAME|*. Known tags: FNAME, LNAME, EMAIL, COUNTRY",
  ],
  [
    "an unknown macro is, too",
    { subjects: { EN: "||nmae||" } },
    "subjects.EN",
    "The subject in English (EN), character 1: Unknown macro ||nmae||. Known macros: ||name||",
  ],
  [
    "a tag that is not closed is, too",
    { subjects: { EN: "Hello *|FNAME" } },
    "subjects.EN",
    'The subject in English (EN), character 7: "*|FNAME" is not closed: |* is missing.',
  ],
  [
    "HTML cannot be used in a subject",
    { subjects: { EN: "#salutation" } },
    "subjects.EN",
    "#salutation is HTML and can only be used in the text of the mail.",
  ],
  [
    "what cannot be filled in is said",
    { subjects: { EN: "||hash||" } },
    "subjects.EN",
    "||hash|| cannot be filled in: REGISTRATION_HASH_SECRET is not configured.",
    { mail: { replyTo: "", configured: { unsubscribe: false, archive: false, profile: false, hash: false } } },
  ],
  [
    "a preview text is checked as well",
    { previewTexts: { EN: "Dear *|FNAM|*" } },
    "previewTexts.EN",
    "The preview text in English (EN), character 6: Unknown tag *|FNAM|*.",
  ],
  [
    "a preview text has an end",
    { previewTexts: { EN: longText(2001) } },
    "previewTexts.EN",
    "The preview text in English (EN) has 2001 characters, more than 2000: shorten it.",
  ],
  [
    "acceptance 18: the confirmation of a virtual event needs its Zoom ID",
    { stage: "confirm" },
    "zoomId",
    "The confirmation of a virtual event needs its Zoom ID: enter the 9 to 11 digits, or paste the link of the meeting.",
    { event: online },
  ],
  [
    "acceptance 18: what is no Zoom ID is refused",
    { stage: "confirm", zoomId: "12345" },
    "zoomId",
    '"12345" is neither a Zoom ID (9 to 11 digits) nor a Zoom link: copy it from the meeting again.',
    { event: online },
  ],
  [
    "a Zoom link has an end",
    { stage: "confirm", zoomId: `https://zoom.us/j/123456789?${longText(2000)}` },
    "zoomId",
    "The Zoom link has 2028 characters, more than 2000",
    { event: online },
  ],
  ["an account is needed", { account: "" }, "account", "Choose the account to send from."],
  ["the account exists", { account: "post" }, "account", 'There is no account "post". Choose one of: office.'],
  [
    "the account is enabled",
    { account: "old" },
    "account",
    'The account "old" is switched off. Choose one of: office.',
  ],
  [
    "the account's addresses are mail addresses",
    { account: "post" },
    "account",
    'The account "post" cannot send: replyTo "help@example" is not a mail address.',
    { accounts: [anAccount({ name: "post", replyTo: "help@example" })] },
  ],
  [
    "the account may serve the event",
    { account: "post" },
    "account",
    'The account "post" may not be used for mailings of E2026. Choose another account, or let an administrator add the event to it.',
    { accounts: [anAccount({ name: "post", events: ["F2026"] })] },
  ],
  [
    "testers are those of Config",
    { testers: ["t-1", "p-9"] },
    "testers",
    '"p-9" is not a tester (any more): remove them from the list.',
  ],
  [
    "an address typed for another event is no tester here",
    { testers: ["t-9"] },
    "testers",
    "An address among the testers was typed for another event: remove it, and type it again for this one.",
    { testers: [typedTester(9, "F2026")] },
  ],
  [
    "two testers have two addresses",
    { testers: ["t-8", "t-9"] },
    "testers",
    "Two testers have the same address: remove one of them.",
    { testers: [typedTester(8), { ...typedTester(9), email: "TESTER-8@example.org" }] },
  ],
  [
    "Test is no way to mail a list",
    { testers: Array.from({ length: 21 }, (_, n) => `t-${n}`) },
    "testers",
    "21 of the testers are typed addresses, more than 20: remove some of them.",
    { testers: Array.from({ length: 21 }, (_, n) => typedTester(n)) },
  ],
  [
    "continuous sending has an end",
    { sendContinuously: true },
    "sendUntil",
    "Continuous sending needs an end: enter the date and time until which it sends.",
  ],
  [
    "that end is a time",
    { sendContinuously: true, sendUntil: "soon" },
    "sendUntil",
    '"soon" is not a time: enter a date and a time.',
  ],
  [
    "that end is a day of the calendar",
    { sendContinuously: true, sendUntil: "2027-02-31T10:00:00.000Z" },
    "sendUntil",
    '"2027-02-31T10:00:00.000Z" is not a time: enter a date and a time.',
  ],
  [
    "that end fits an instant",
    { sendContinuously: true, sendUntil: { local: "9999-12-31T23:59", zone: "America/New_York" } },
    "sendUntil",
    "The end of continuous sending is too far ahead: choose an earlier time.",
    { instantOf: () => ({ instant: "+010000-01-01T04:59:00.000Z" }) },
  ],
  [
    "that end exists on the clocks there",
    { sendContinuously: true, sendUntil: { local: "2026-03-29T02:30", zone: "Europe/Berlin" } },
    "sendUntil",
    "does not exist",
    { instantOf: () => ({ problem: "29 March 2026 at 02:30 does not exist in Europe/Berlin" }) },
  ],
  [
    "that end lies in the future",
    { sendContinuously: true, sendUntil: instant(judgedAt) },
    "sendUntil",
    "The end of continuous sending has passed: choose a time in the future, or switch it off.",
  ],
  ...[59, 86_401, 600.5, Number.NaN].map((sendInterval): (typeof rules)[number] => [
    `the interval is from a minute to a day (${sendInterval})`,
    { sendContinuously: true, sendUntil: instant(judgedAt + 1), sendInterval },
    "sendInterval",
    "The interval of continuous sending is from 1 minute (60 seconds) to 24 hours (86,400 seconds).",
  ]),
  ...[0, 11, 1.5].map((revision): (typeof rules)[number] => [
    `a revision is from 1 to 10 (${revision})`,
    { revision },
    "revision",
    "A revision is a whole number from 1 to 10. Leave it empty to send the mailing for the first time.",
  ]),
];

test.each(rules)("%s", (_, fields, field, sentence, context = {}) => {
  const { errors, stored } = judge(fields, context);
  expect(errors).toEqual({ [field]: expect.stringContaining(sentence) });
  expect(stored).toBeUndefined();
});

test("every error of a form is shown at once, in the order of the page", () => {
  const { errors } = judgeForm(emptyForm, aFormContext({ event: undefined }));
  expect(Object.keys(errors)).toEqual(["eventCode", "stage", "languages", "account"]);
});

test("acceptance 18: a Zoom ID is reduced to its digits, and a pasted link is kept beside it", () => {
  const digits = judge({ stage: "confirm", zoomId: " 812 3456-7890 " }, { event: online });
  expect(digits.stored).toMatchObject({ zoomId: "81234567890", zoomLink: undefined, inPerson: false });
  const link = "https://us02web.zoom.us/j/81234567890?pwd=secret";
  const pasted = judge({ stage: "confirm", zoomId: link }, { event: online });
  expect(pasted.stored).toMatchObject({ zoomId: "81234567890", zoomLink: link });
  expect(pasted.notes).toMatchObject({ zoomId: "The link leads to Zoom ID 81234567890." });
});

test("acceptance 18: in-person events and other stages have no Zoom ID, and lose one they had", () => {
  expect(judge({ stage: "confirm", zoomId: "81234567890" }).stored).toMatchObject({
    zoomId: undefined,
    inPerson: true,
  });
  const other = judge({ stage: "reg", zoomId: "81234567890" }, { event: online });
  expect(other.stored).toMatchObject({ zoomId: undefined, zoomLink: undefined });
});

test("registration links are required only where the stage wants them, and closed registration is noted", () => {
  expect(judge({ stage: "confirm", regLinkPresent: true }).stored).toMatchObject({ regLinkPresent: false });
  expect(judge({ regLinkPresent: false }).stored).toMatchObject({ regLinkPresent: false });
  const closed = anEvent({ subEvents: { weekend: { regLinkAvailable: false } } });
  const { notes, stored } = judge({}, { event: closed });
  expect(stored).toMatchObject({ regLinkPresent: true });
  expect(notes).toMatchObject({ regLinkPresent: expect.stringContaining("Registration for weekend is closed") });
});

test("subjects and preview texts are trimmed to one line; a blank preview text is left out", () => {
  const { stored } = judge({ subjects: { EN: " Come\r\n*|FNAME|* " }, previewTexts: { EN: "  " } });
  expect(stored).toMatchObject({ subjects: { EN: "Come *|FNAME|*" }, previewTexts: {} });
});

test("a subject may contain every tag", () => {
  const subject =
    "*|FNAME|* *|TITLE:COUNTRY|* *|LIST:NAME|* ||name|| ||aid|| *|IF:FNAME|*x*|ELSE:|*y*|END:IF|* #if oathed";
  expect(judge({ subjects: { EN: subject } }).errors).toEqual({
    "subjects.EN": expect.stringContaining("there is no pool named oath"),
  });
  const mail = { ...aFormContext().mail, oathed: () => false };
  expect(judge({ subjects: { EN: `${subject} #endif` } }, { mail }).errors).toEqual({});
});

test("an error in the prefix of the stage is shown as one", () => {
  const stages = aFormContext().stages.map((stage) => ({ ...stage, prefix: { EN: "||nmae||: " } }));
  expect(judge({}, { stages }).errors["subjects.EN"]).toContain(
    "The subject in English (EN), in the prefix of the stage: Unknown macro ||nmae||",
  );
});

test("the end of continuous sending is stored in UTC, with a note where its local time was ambiguous", () => {
  const sendUntil = { local: "2026-10-25T02:30", zone: "Europe/Berlin" };
  const instantOf = (local: string, zone: string) => ({
    instant: "2026-10-25T00:30:00.000Z",
    note: `${local} ${zone}`,
  });
  const { stored, notes } = judge({ sendContinuously: true, sendUntil, sendInterval: 60 }, { instantOf });
  expect(stored).toMatchObject({ sendContinuously: true, sendUntil: "2026-10-25T00:30:00.000Z", sendInterval: 60 });
  expect(notes).toMatchObject({ sendUntil: "2026-10-25T02:30 Europe/Berlin" });
});

test("switched off, continuous sending has no end, and its hidden fields are not judged", () => {
  const { stored, errors } = judge({ sendContinuously: false, sendUntil: "soon", sendInterval: 5 });
  expect(errors).toEqual({});
  expect(stored).toMatchObject({ sendContinuously: false, sendUntil: undefined, sendInterval: 3600 });
});

const parent = () => anOrder({ languages: ["SP", "EN"], subjects: { SP: "Ven", EN: "Come" } });

test("a stage with parents takes languages and subjects from the parent order", () => {
  const from = parent();
  const { stored, notes } = judge({ stage: "reminder", languages: ["FR"] }, { parentOfStage: from });
  expect(stored).toMatchObject({
    languages: ["SP", "EN"],
    subjects: { SP: "Ven", EN: "Come" },
    parentOrderId: from.id,
  });
  expect(notes["stage"]).toBe(`Languages, subjects and content come from the work order of stage reg, ${from.id}.`);
});

test("an error that comes from the parent order must be fixed there", () => {
  const from = anOrder({ languages: ["EN", "XX"], subjects: { EN: "" } });
  const { errors } = judge({ stage: "reminder" }, { parentOfStage: from });
  expect(errors["languages"]).toContain("Fix it in the work order of reg");
  expect(errors["subjects.EN"]).toContain("is missing. Fix it in the work order of reg");
});

test("without an order of a parent stage it has content of its own, and says so", () => {
  const { stored, notes } = judge({ stage: "reminder" });
  expect(stored).toMatchObject({ languages: ["EN"], parentOrderId: undefined });
  expect(notes["stage"]).toBe(
    "The stage reminder usually takes its content from reg. There is no such work order for this part of the event yet, so this one has content of its own.",
  );
});

test("an order with content of its own keeps it when a parent is created later; one whose parent is gone takes another", () => {
  const alone = anOrder({ stage: "reminder" });
  const later = parent();
  const kept = judge({ stage: "reminder" }, { order: alone, parentOfStage: later });
  expect(kept.stored).toMatchObject({ languages: ["EN"], parentOrderId: undefined });
  expect(kept.notes["stage"]).toContain("was created before that of reg and has content of its own");
  const orphan = anOrder({ stage: "reminder", parentOrderId: "wo-gone" });
  expect(judge({ stage: "reminder" }, { order: orphan, parentOfStage: later }).stored?.parentOrderId).toBe(later.id);
  expect(judge({ stage: "reminder" }, { order: orphan }).stored?.parentOrderId).toBeUndefined();
  const child = anOrder({ stage: "reminder", parentOrderId: "wo-first" });
  const first = { ...parent(), id: "wo-first" };
  const stays = judge({ stage: "reminder" }, { order: child, parent: first, parentOfStage: later });
  expect(stays.stored?.parentOrderId).toBe("wo-first");
});

test.each([
  ["event", { eventCode: "OTHER" }],
  ["sub-event", { subEvent: "week" }],
  ["stage", { stage: "confirm" }],
])("a parent that was moved to another %s is no parent any more", (_, elsewhere) => {
  const order = anOrder({ stage: "reminder", parentOrderId: "wo-first", subjects: { EN: "Come soon" } });
  const moved = { ...parent(), ...elsewhere, id: "wo-first" };
  const fields = { stage: "reminder", subjects: { EN: "Come soon" } };
  const alone = judge(fields, { order, parent: moved });
  expect(alone.parent).toBeUndefined();
  expect(alone.stored).toMatchObject({ languages: ["EN"], subjects: { EN: "Come soon" }, parentOrderId: undefined });
  const other = parent();
  expect(judge(fields, { order, parent: moved, parentOfStage: other }).stored?.parentOrderId).toBe(other.id);
});

test("while Send sleeps only the fields that may change then are judged", () => {
  const fields = aForm({ account: "old", languages: [], testers: ["t-1"], sendContinuously: true });
  expect(judgeSleepingForm(fields, aFormContext()).errors).toEqual({ sendUntil: expect.any(String) });
  const sendUntil = instant(judgedAt + 60_000);
  expect(judgeSleepingForm({ ...fields, sendUntil }, aFormContext()).stored).toEqual({
    testers: ["t-1"],
    sendContinuously: true,
    sendUntil,
    sendInterval: 3600,
  });
});

test("whatever a form contains, it is refused with sentences or fits the schema of orders", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom("EN", "reg", "confirm", "E2026", "weekend", "office", "t-1", "__proto__"),
  );
  const texts = fc.dictionary(fc.constantFrom("EN", "SP", "XX", "__proto__"), fc.string({ maxLength: 300 }));
  const fields = fc.record({
    eventCode: fc.constantFrom("E2026", "E_1", ""),
    subEvent: fc.constantFrom("weekend", "x"),
    stage: fc.constantFrom("reg", "confirm", "reminder", "x"),
    languages: fc.array(fc.constantFrom("EN", "SP", "XX"), { maxLength: 3 }),
    subjects: texts,
    previewTexts: texts,
    zoomId: fc.oneof(text, fc.constant("812 3456 7890")),
    account: fc.constantFrom("office", "old", ""),
    testers: fc.array(fc.constantFrom("t-1", "p-9"), { maxLength: 3 }),
    salutationByName: fc.boolean(),
    regLinkPresent: fc.boolean(),
    sendContinuously: fc.boolean(),
    sendUntil: fc.option(fc.oneof(text, fc.constant(instant(judgedAt + 5)))),
    sendInterval: fc.oneof(fc.double(), fc.integer({ min: 0, max: 90_000 })),
    revision: fc.option(fc.double()),
  });
  let saved = 0;
  fc.assert(
    fc.property(fields, fc.boolean(), (given, isOnline) => {
      const { errors, stored } = judge(given, isOnline ? { event: online } : {});
      expect(stored === undefined).toBe(Object.keys(errors).length > 0);
      for (const sentence of Object.values(errors)) expect(sentence).toMatch(/^\S.*\S$/s);
      if (!stored) return;
      saved += 1;
      expect(workOrderSchema.safeParse({ ...anOrder(), ...stored }).error).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(texts, (previewTexts) => {
      if (judge({ previewTexts }).stored) saved += 1;
    }),
  );
  expect(saved).toBeGreaterThan(0);
});
