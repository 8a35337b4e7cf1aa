import type { Locator, Page } from "playwright-core";
import { ulid } from "ulid";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  badge,
  choose,
  expectAccessible,
  type ManagerStory,
  openStep,
  orderRow,
  startManagerStory,
  stepPanel,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(60);
  // Two people who may edit.
  await story.configure("user", "reader", { role: "write", eventAccess: ["*"] });
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const refusals = /the server responded with a status of (409|422)/;

describe("every rule of the form, with its sentence at the field", () => {
  let page: Page;
  /** The field is marked as wrong, and this sentence describes it. */
  const refuses = (role: "combobox" | "textbox" | "group", name: string | RegExp, description: string | RegExp) =>
    page.getByRole(role, { name, description }).first().waitFor();

  test("what must be filled in", async () => {
    ({ page } = await newOrder());
    await page.getByRole("button", { name: "Create" }).click();
    await refuses("combobox", /^Event/, "Choose the event this mailing is about.");
    await refuses("combobox", /^Stage/, "Choose the stage: the kind of mail this is.");
    const subject = "The subject in English (EN) is missing. Write one, or leave the language out.";
    await refuses("textbox", "Subject in English", subject);
    await refuses("combobox", /^Account/, "Choose the account to send from.");
    const summary = page.getByRole("alert").filter({ hasText: "Fix 4 fields" });
    await expectAccessible(page, "form with errors");
    await summary.getByRole("link", { name: subject }).click();
    expect(await focused(page)).toBe("Subject in English");
    await choose(page, "Event", /SUMMER26/);
    await refuses("combobox", /^Sub-event/, "Choose the part of the event this mailing is about.");
    await page.getByText("English", { exact: true }).first().click();
    await refuses("group", "Languages", "Choose at least one language.");
  });

  test("stages that are used, and what a reminder inherits", async () => {
    ({ page } = await newOrder());
    await choose(page, "Event", /SUMMER26/);
    await choose(page, "Sub-event", "main");
    const used = page.getByRole("option", { name: /^reg – already used/ });
    expect(await used.isDisabled()).toBe(true);
    await choose(page, "Stage", /^reminder/);
    await page
      .getByRole("note")
      .getByText("Languages, subjects and content come from the work order of stage reg")
      .waitFor();
    expect(await page.getByRole("checkbox", { name: "English" }).isDisabled()).toBe(true);
    const subject = page.getByRole("textbox", { name: /^Subject in German/ });
    expect(await subject.inputValue()).toBe("*|FNAME|*, sei diesen Sommer dabei");
    expect(await subject.isEditable()).toBe(false);
    await choose(page, "Sub-event", "evening");
    await page.getByRole("note").getByText("so this one has content of its own").waitFor();
    expect(await page.getByRole("checkbox", { name: "English" }).isDisabled()).toBe(false);
  });

  test("subjects and preview texts, by the engine that sends them", async () => {
    ({ page } = await newOrder());
    await choose(page, "Event", /SUMMER26/);
    await choose(page, "Stage", /^reg/);
    const subject = page.getByRole("textbox", { name: /^Subject in English/ });
    await subject.fill("Hello *|NOPE|*");
    await refuses("textbox", /^Subject in English/, /character 7: .*NOPE/);
    await subject.fill("||retreats||");
    await refuses("textbox", /^Subject in English/, /character 1: /);
    await subject.fill("x".repeat(201));
    await refuses("textbox", /^Subject in English/, /has 215 characters with the prefix of the stage, more than 200/);
    await subject.fill("Hello *|FNAME|*");
    await page.getByRole("textbox", { name: /^Subject in English/, description: /./ }).waitFor({ state: "hidden" });
    await page.getByRole("textbox", { name: "Preview text in English" }).fill("#nosuchmacro");
    await refuses("textbox", "Preview text in English", /character 1: .*nosuchmacro/);
  });

  test("acceptance 18: a virtual confirmation needs its Zoom ID, in the form and in the API", async () => {
    let visit = await newOrder();
    ({ page } = visit);
    await choose(page, "Event", /SUMMER26/);
    await choose(page, "Sub-event", "evening");
    await choose(page, "Stage", /^confirm/);
    await choose(page, "Account", /^newsletter/);
    await page.getByRole("textbox", { name: /^Subject in English/ }).fill("Your place");
    await page.getByRole("button", { name: "Create" }).click();
    const zoom = page.getByRole("textbox", { name: "Zoom ID" });
    const missing = "The confirmation of a virtual event needs its Zoom ID: enter the 9 to 11 digits";
    await refuses("textbox", "Zoom ID", new RegExp(missing));
    for (const wrong of ["12345", "123456789012", "https://example.org/j/81234567890"]) {
      await zoom.fill(wrong);
      await refuses("textbox", "Zoom ID", new RegExp(`"${wrong}" is neither a Zoom ID`));
    }
    await zoom.fill("https://us02web.zoom.us/j/81234567890?pwd=x");
    await page.getByText("The link leads to Zoom ID 81234567890.").waitFor();

    const fields = { eventCode: "SUMMER26", subEvent: "evening", stage: "confirm", account: "newsletter" };
    const answer = await postOrder(page, { ...fields, languages: ["EN"], subjects: { EN: "Your place" } });
    expect(answer.status()).toBe(422);
    expect((await answer.json()).error.fields).toEqual({ zoomId: expect.stringContaining(missing) });

    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("definition").getByText("81234567890").waitFor();
    visit = await story.visit("Wren Writer", "/");
    await orderRow(visit.page, "SUMMER26 evening confirm").getByRole("cell", { name: "81234567890" }).waitFor();
  });

  test("acceptance 18: an in-person confirmation says In-Person, has no Zoom field, and can be saved", async () => {
    ({ page } = await newOrder());
    await choose(page, "Event", /RETREAT26/);
    await choose(page, "Sub-event", "week2");
    await choose(page, "Stage", /^confirm/);
    await page.getByText("In-Person", { exact: true }).waitFor();
    await page.getByText("People come in person, so this confirmation needs no Zoom ID.").waitFor();
    expect(await page.getByRole("textbox", { name: "Zoom ID" }).count()).toBe(0);
    expect(await page.getByRole("switch", { name: /^Registration link present/ }).count()).toBe(0);
    await choose(page, "Account", /^retreat-office/);
    await page.getByRole("textbox", { name: /^Subject in English/ }).fill("See you by the lake");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "RETREAT26 · week2 · confirm" }).waitFor();
    await page.getByRole("definition").getByText("In-Person").waitFor();
    const { page: list } = await story.visit("Wren Writer", "/");
    await orderRow(list, "RETREAT26 week2 confirm").getByRole("cell", { name: "In-Person" }).waitFor();
  });

  test("continuous sending and the revision", async () => {
    ({ page } = await newOrder());
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("switch", { name: /^Continuous sending/ }).click();
    const group = page.getByRole("group", { name: "Continuous sending" });
    await group.waitFor();
    const end = page.getByLabel("Send until");
    const saysOfEnd = async (sentence: string) => {
      await group.getByText(sentence).filter({ visible: true }).waitFor();
      expect(await describedBy(end)).toContain(sentence);
    };
    const until = async (date: string, time: string) => {
      await end.fill(date);
      await page.getByLabel("Time, in Europe/Berlin").fill(time);
    };
    expect(await describedBy(end)).toContain("Date and time in your zone, Europe/Berlin.");
    await saysOfEnd("Continuous sending needs an end: enter the date and time until which it sends.");
    await until("2020-06-01", "18:00");
    await saysOfEnd("The end of continuous sending has passed: choose a time in the future");
    await until("2035-03-25", "02:30");
    await saysOfEnd("25 March 2035 at 02:30 does not exist in Europe/Berlin");
    await until("2035-10-28", "02:30");
    await group.getByText("comes twice in Europe/Berlin").waitFor();
    await group.getByText("Other", { exact: true }).click();
    for (const wrong of ["0.5", "1441", "often"]) {
      await group.getByRole("textbox", { name: "Minutes" }).fill(wrong);
      await refuses("textbox", "Minutes", /^The interval of continuous sending is from 1 minute/);
    }
    await group.getByRole("textbox", { name: "Minutes" }).fill("90");
    await page.getByRole("textbox", { name: "Minutes", description: /./ }).waitFor({ state: "hidden" });
    for (const wrong of ["0", "11", "1.5", "two"]) {
      await page.getByRole("textbox", { name: "Revision" }).fill(wrong);
      await refuses("textbox", "Revision", /A revision is a whole number from 1 to 10\./);
    }
    await page.getByRole("textbox", { name: "Revision" }).fill("10");
    await page.getByRole("link", { name: /^A revision is a whole number/ }).waitFor({ state: "hidden" });
  });

  test("an account and testers that Config has no longer", async () => {
    const { id: _, version: __, createdAt: ___, updatedAt: ____, ...fields } = await story.order("SUMMER26", "reg");
    const id = `wo-${ulid()}`;
    const gone = { subEvent: "evening", stage: "reminder", account: "closed", testers: ["123"] };
    await story.stack.orders.create({ ...fields, ...gone, id });
    const visit = await story.visit("Wren Writer", `/work-orders/${id}/edit`);
    ({ page } = visit);
    await refuses("combobox", "Account", 'There is no account "closed". Choose one of: newsletter, retreat-office.');
    await refuses("group", "Testers", '"123" is not a tester (any more): remove them from the list.');
    await page.getByText("123 (not available any more)").click();
    await page.getByText("123 (not available any more)").waitFor({ state: "hidden" });
    await page.getByRole("group", { name: "Testers", description: /not a tester/ }).waitFor({ state: "hidden" });
    await story.configure("account", "retreat-office", { enabled: false });
    await choose(page, "Account", /^newsletter/);
    await page
      .getByRole("combobox", { name: "Account", description: /There is no account/ })
      .waitFor({ state: "hidden" });
    expect((await saved(page, id, { account: "retreat-office" })).account).toBe(
      'The account "retreat-office" is switched off. Choose one of: newsletter.',
    );
    await story.configure("account", "retreat-office", { enabled: true });
  });

  /** What the API says to the fields of a save. */
  const saved = async (one: Page, id: string, fields: object): Promise<Record<string, string>> => {
    const answer = await one.request.post(`${story.stack.managerUrl}/api/work-orders/check`, {
      data: { id, fields },
      headers: { origin: story.stack.managerUrl },
    });
    return (await answer.json()).fields;
  };

  const newOrder = async () => {
    const visit = await story.visit("Wren Writer", "/work-orders/new");
    await visit.page.getByRole("heading", { name: "New work order" }).waitFor();
    visit.expects(refusals);
    return visit;
  };

  const postOrder = (one: Page, fields: object) =>
    one.request.post(`${story.stack.managerUrl}/api/work-orders`, {
      data: { fields },
      headers: { origin: story.stack.managerUrl },
    });
});

describe("two browsers and one edit lease", () => {
  test("acceptance 28: the second may look, take over, and neither saves over the other or loses what was typed", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const edit = `/work-orders/${id}/edit`;
    const subjectOf = (page: Page, language: string) =>
      page.getByRole("textbox", { name: new RegExp(`^Subject in ${language}`) });
    let leaseToken = "";
    const wren = await story.visit("Wren Writer", edit, {
      prepare: async (page) =>
        void page.on("response", async (response) => {
          if (response.request().method() === "POST" && response.url().endsWith("/edit-lease"))
            leaseToken ||= (await response.json()).token;
        }),
    });
    wren.expects(refusals);
    await wren.page.getByRole("heading", { name: "Edit SUMMER26 main reg" }).waitFor();
    await subjectOf(wren.page, "English").fill("What Wren typed");

    const reed = await story.visit("Reed Reader", edit);
    reed.expects(refusals);
    const notice = reed.page.getByRole("alert").filter({ hasText: "This form is read-only" });
    await notice.getByText("Wren Writer is editing this work order.").waitFor();
    expect(await subjectOf(reed.page, "English").isDisabled()).toBe(true);
    expect(await reed.page.getByRole("button", { name: "Save" }).count()).toBe(0);
    await expectAccessible(reed.page, "form that another user edits");
    await notice.getByRole("button", { name: "Take over" }).click();
    const question = reed.page.getByRole("dialog", { name: "Take over the form?" });
    await question.getByText("Wren Writer can then no longer save what was typed there.").waitFor();
    await expectAccessible(reed.page, "take over");
    await question.getByRole("button", { name: "Take over" }).click();
    await notice.waitFor({ state: "hidden" });
    await reed.page.locator("main:focus").waitFor();

    const lost = wren.page.getByRole("alert").filter({ hasText: "This form can no longer be saved" });
    await lost.getByText("Reed Reader took over the editing. What you typed is still here").waitFor();
    expect(await subjectOf(wren.page, "English").inputValue()).toBe("What Wren typed");
    expect(await wren.page.getByRole("button", { name: "Save" }).count()).toBe(0);
    expect((await saveAnyhow(wren.page, id, leaseToken)).status()).toBe(409);

    await subjectOf(reed.page, "English").fill("What Reed typed");
    await subjectOf(reed.page, "German").fill("Von Reed");
    await reed.page.getByRole("button", { name: "Save" }).click();
    await reed.page.getByText("The work order was saved.").waitFor();
    await lost.getByRole("button", { name: "Edit", exact: true }).click();
    const both = wren.page.getByRole("alert").filter({ hasText: "Someone else changed this meanwhile" });
    await both.getByText("subjects: what you typed is kept here").waitFor();
    expect(await subjectOf(wren.page, "English").inputValue()).toBe("What Wren typed");
    expect(await subjectOf(wren.page, "German").inputValue()).toBe("Von Reed");
    await wren.page.getByRole("button", { name: "Save" }).click();
    await wren.page.getByText("The work order was saved.").waitFor();
    const saved = await story.order("SUMMER26", "reg");
    expect(saved.subjects).toMatchObject({ EN: "What Wren typed", DE: "Von Reed", SP: "*|FNAME|*, ven este verano" });
    await wren.page.getByRole("button", { name: "History" }).click();
    await wren.page
      .getByRole("listitem")
      .filter({ hasText: /took over|Took over/ })
      .waitFor();
  });

  test("a save lists the steps it resets and why, and leaves them alone when it is cancelled", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    await story.complete(id, "Count", "Prepare", "Dry-Run");
    const { page } = await story.visit("Wren Writer", `/work-orders/${id}/edit`);
    await page.getByRole("textbox", { name: /^Subject in English/ }).fill("Another subject");
    await page.getByRole("button", { name: "Save" }).click();
    const dialog = page.getByRole("dialog", { name: "Saving resets steps" });
    for (const step of ["Prepare", "Dry-Run"])
      await dialog
        .getByRole("listitem")
        .filter({ hasText: new RegExp(`^${step}.*Complete.*Reset because subjects changed\\.$`) })
        .waitFor();
    expect(await dialog.getByRole("listitem").count()).toBe(2);
    await expectAccessible(page, "save that resets steps");
    await dialog.getByRole("button", { name: "Cancel" }).last().click();
    await dialog.waitFor({ state: "hidden" });
    await page.locator("button[type=submit]:focus").waitFor();
    expect((await story.order("SUMMER26", "reg")).steps.Prepare.status).toBe("complete");

    await page.getByRole("link", { name: "← Back to the work order" }).click();
    const leaving = page.getByRole("dialog", { name: "Leave without saving?" });
    await leaving.getByText("Your changes in this form are not saved.").waitFor();
    await expectAccessible(page, "leave without saving");
    await leaving.getByRole("button", { name: "Stay" }).last().click();
    await page.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("button", { name: "Save and reset" }).click();
    await page.getByRole("heading", { name: "SUMMER26 · main · reg" }).waitFor();
    // Back does not lead into the form again.
    await page.goBack();
    await expect.poll(() => new URL(page.url()).pathname).not.toMatch(/edit$/);
    await page.goto(`${story.stack.managerUrl}/work-orders/${id}`);
    const prepare = await openStep(page, "Prepare");
    await badge(prepare, "Ready").waitFor();
    await prepare.getByText("Reset because subjects changed.").waitFor();
    await badge(await openStep(page, "Count"), "Complete").waitFor();
  });

  test("while a step works the form is read-only and says which; it can be edited when the step has ended", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    await story.complete(id, "Prepare", "Dry-Run");
    // A first mail waits ten seconds: there is time to look.
    await story.operator.command(id, "Test", "start");
    const { page, expects } = await story.visit("Wren Writer", `/work-orders/${id}/edit`);
    expects(refusals);
    const notice = page.getByRole("alert").filter({ hasText: "This form is read-only" });
    await notice.getByText("Test is working. You can edit the form once it has ended or is stopped.").waitFor();
    expect(await notice.getByRole("button", { name: "Edit when Test has ended" }).isDisabled()).toBe(true);
    await story.operator.command(id, "Test", "stop");
    await notice.getByRole("button", { name: "Edit", exact: true }).click();
    await notice.waitFor({ state: "hidden" });
    expect(await page.getByRole("textbox", { name: /^Subject in English/ }).isEnabled()).toBe(true);
    const order = await story.visit("Reed Reader", `/work-orders/${id}?step=Test`);
    const start = stepPanel(order.page, "Test").getByRole("button", { name: "Start Test", description: /edit/ });
    await start.waitFor();
    expect(await start.getAttribute("aria-disabled")).toBe("true");
  });

  /** What a page that does not know that its lease is gone would send. */
  const saveAnyhow = (page: Page, id: string, leaseToken: string) =>
    page.request.patch(`${story.stack.managerUrl}/api/work-orders/${id}`, {
      data: { leaseToken, fields: { subjects: { EN: "Over the other" } } },
      headers: { origin: story.stack.managerUrl },
    });
});

/** The texts an input names as its description. */
function describedBy(input: Locator): Promise<string> {
  return input.evaluate((element: { ariaDescribedByElements?: { textContent: string }[] | null }) =>
    (element.ariaDescribedByElements ?? []).map(({ textContent }) => textContent).join(" "),
  );
}

/** The name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText");
}
