import mailchimpMarketing from "@mailchimp/mailchimp_marketing";
import { describe, expect, test } from "vitest";
import { type AudienceSeed, type Mailchimp, type MailchimpOptions, startMailchimp } from "./mailchimp.ts";

/** The part of the real client library in use here; its own types know neither the base path nor several clients. */
interface Client {
  basePath: string;
  timeout: number;
  setConfig(config: { apiKey: string }): void;
  readonly lists: { getAllLists(options: object): Promise<Record<string, unknown>> };
  readonly templates: { list(options: object): Promise<Record<string, unknown>> };
  readonly campaigns: {
    list(options: object): Promise<Record<string, unknown>>;
    create(body: object): Promise<Record<string, unknown>>;
    getContent(id: string): Promise<Record<string, unknown>>;
    remove(id: string): Promise<unknown>;
  };
}

function client(mailchimp: Mailchimp, apiKey = mailchimp.apiKey): Client {
  const made = new (mailchimpMarketing.constructor as unknown as new () => Client)();
  made.basePath = mailchimp.url;
  made.timeout = 1000;
  made.setConfig({ apiKey });
  return made;
}

const anAudience = (name = "Newsletter"): AudienceSeed => ({
  name,
  contact: { company: "Retreats e. V.", address1: "Seestraße 1", city: "Konstanz", country: "DE" },
  permissionReminder: "You signed up at one of our events.",
  fromName: "Retreats",
  fromEmail: "news@example.org",
});

const html = "<html><body><p>Hi *|FNAME|*</p></body></html>";
const start = (options: MailchimpOptions = {}) =>
  startMailchimp({ audiences: [anAudience()], templates: [{ name: "E-s-reg-EN", html }], ...options });

async function idsOf(mailchimp: Mailchimp): Promise<{ list_id: string; template_id: number }> {
  const { lists } = (await client(mailchimp).lists.getAllLists({})) as { lists: { id: string }[] };
  const { templates } = (await client(mailchimp).templates.list({})) as { templates: { id: number }[] };
  return { list_id: lists[0]?.id ?? "", template_id: templates[0]?.id ?? 0 };
}

async function aCampaign(mailchimp: Mailchimp, title = "email-agent-tmp-run-1-EN"): Promise<object> {
  const { list_id, template_id } = await idsOf(mailchimp);
  const settings = { title, subject_line: "Hello", from_name: "Office", reply_to: "reply@example.org", template_id };
  return { type: "regular", recipients: { list_id }, settings };
}

interface Failure {
  readonly status?: number;
  readonly code?: string;
  readonly timeout?: number;
  readonly response?: { readonly body: { title?: string; detail?: string; status?: number } };
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => {
      throw new Error("the call was expected to fail");
    },
    (error) => error as Failure,
  );
}

describe("Mailchimp stand-in with the real client", () => {
  test("a campaign is made from a template, read with tags untouched and badge, and deleted", async () => {
    await using mailchimp = await start();
    const { campaigns } = client(mailchimp);
    const made = await campaigns.create(await aCampaign(mailchimp));
    expect(made).toMatchObject({ status: "save", settings: { title: "email-agent-tmp-run-1-EN" } });
    expect(Math.abs(Date.parse(String(made["create_time"])) - Date.now())).toBeLessThan(5000);
    const content = await campaigns.getContent(String(made["id"]));
    expect(content["html"]).toMatch(
      /^<html><body><p>Hi \*\|FNAME\|\*<\/p>\s*<center>[\s\S]*mailchimp\.com[\s\S]*<\/center><\/body><\/html>$/,
    );
    await campaigns.remove(String(made["id"]));
    expect(mailchimp.campaigns()).toEqual([]);
    const again = await failureOf(campaigns.remove(String(made["id"])));
    expect(again.response?.body).toMatchObject({ status: 404, title: "Resource Not Found" });
    expect((await failureOf(campaigns.getContent("none"))).status).toBe(404);
  });

  test("lists, templates and campaigns come in pages with the total", async () => {
    const audiences = Array.from({ length: 120 }, (_, n) => anAudience(`Audience ${n}`));
    const templates = Array.from({ length: 101 }, (_, n) => ({ name: `T-${n}`, html, active: n > 0 }));
    await using mailchimp = await start({ audiences, templates });
    for (let n = 0; n < 3; n++) mailchimp.addCampaign({ title: `old ${n}`, createdAt: new Date(0) });
    const { lists, templates: themes, campaigns } = client(mailchimp);
    const page = await lists.getAllLists({ count: 100, offset: 100 });
    expect(page).toMatchObject({ total_items: 120, lists: { length: 20 } });
    expect((page["lists"] as object[])[0]).toMatchObject({
      name: "Audience 100",
      contact: { company: "Retreats e. V." },
    });
    expect(await themes.list({ count: 100 })).toMatchObject({ total_items: 101, templates: { length: 100 } });
    expect((await themes.list({ count: 1 }))["templates"]).toMatchObject([{ name: "T-0", active: false }]);
    expect(await lists.getAllLists({})).toMatchObject({ lists: { length: 10 } });
    expect(await campaigns.list({ status: "save", count: 2, offset: 2 })).toMatchObject({
      total_items: 3,
      campaigns: [{ settings: { title: "old 2" }, create_time: "1970-01-01T00:00:00+00:00" }],
    });
    expect(await campaigns.list({ status: "sent" })).toMatchObject({ total_items: 0 });
  });

  test("a wrong key, a wrong campaign and too large a page are refused as Mailchimp words it", async () => {
    await using mailchimp = await start();
    const wrongKey = await failureOf(client(mailchimp, "other").lists.getAllLists({}));
    expect(wrongKey.response?.body).toMatchObject({ status: 401, title: "API Key Invalid" });
    const campaign = (await aCampaign(mailchimp)) as { settings: object };
    const wrong = { ...campaign, settings: { ...campaign.settings, template_id: 1, reply_to: "no address" } };
    const refused = await failureOf(client(mailchimp).campaigns.create(wrong));
    expect(refused.response?.body).toMatchObject({
      title: "Invalid Resource",
      errors: [{ field: "settings.template_id" }, { field: "settings.reply_to" }],
    });
    expect((await failureOf(client(mailchimp).lists.getAllLists({ count: 1001 }))).status).toBe(400);
    expect(mailchimp.campaigns()).toEqual([]);
  });

  test("scripted trouble comes per call, in order, and ends", async () => {
    await using mailchimp = await start();
    const { lists, templates } = client(mailchimp);
    mailchimp.script({ call: "lists", status: 429, retryAfterSeconds: 2 });
    mailchimp.script({ call: "lists", status: 503 });
    mailchimp.script({ call: "lists", status: 403, html: true });
    mailchimp.script({ call: "lists", reset: true });
    mailchimp.script({ call: "lists", hang: true });
    const all = () => lists.getAllLists({});
    const throttled = (await failureOf(all())) as Failure & { response: { headers: Record<string, string> } };
    expect([throttled.status, throttled.response.headers["retry-after"]]).toEqual([429, "2"]);
    expect(await templates.list({})).toMatchObject({ total_items: 1 });
    expect((await failureOf(all())).status).toBe(503);
    const guarded = await failureOf(all());
    expect([guarded.status, guarded.response?.body]).toEqual([403, {}]);
    expect((await failureOf(all())).code).toBe("ECONNRESET");
    expect((await failureOf(all())).timeout).toBe(1000);
    expect(await all()).toMatchObject({ total_items: 1 });
    const statuses = mailchimp.requests.filter(({ call }) => call === "lists").map(({ status }) => status);
    expect(statuses).toEqual([429, 503, 403, undefined, undefined, 200]);
  });

  test("a campaign made by a call that then fails is left behind and visible, also on the page", async () => {
    await using mailchimp = await start();
    const campaign = await aCampaign(mailchimp);
    mailchimp.script({ call: "campaigns.create", status: 503, afterEffect: true });
    expect((await failureOf(client(mailchimp).campaigns.create(campaign))).status).toBe(503);
    expect(mailchimp.campaigns().map(({ title }) => title)).toEqual(["email-agent-tmp-run-1-EN"]);
    expect(await (await fetch(mailchimp.pageUrl)).text()).toContain("email-agent-tmp-run-1-EN");
  });

  test("an eleventh call at the same time is refused with 429", async () => {
    await using mailchimp = await start();
    mailchimp.script({ call: "templates", times: 11, delayMilliseconds: 100 });
    const calls = Array.from({ length: 11 }, () =>
      client(mailchimp)
        .templates.list({})
        .then(
          () => 200,
          (e) => e.status,
        ),
    );
    expect((await Promise.all(calls)).toSorted()).toEqual([...Array(10).fill(200), 429]);
    expect(mailchimp.mostAtOnce()).toBe(11);
  });

  test("another process can script it", async () => {
    await using mailchimp = await start();
    const scripts = new URL("control/scripts", mailchimp.pageUrl);
    const post = (body: object) => fetch(scripts, { method: "POST", body: JSON.stringify(body) });
    expect((await post({ call: "nonsense" })).status).toBe(400);
    await post({ call: "*", status: 500, times: 5 });
    expect((await failureOf(client(mailchimp).templates.list({}))).status).toBe(500);
    await fetch(scripts, { method: "DELETE" });
    expect(await client(mailchimp).templates.list({})).toMatchObject({ total_items: 1 });
  });
});
