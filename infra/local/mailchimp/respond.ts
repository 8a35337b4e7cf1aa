import { randomBytes, randomUUID } from "node:crypto";
import { type Campaign, campaignBody, contentBody, listBody, type MailchimpState, templateBody } from "./resources.ts";

/** The calls Prepare makes, by name; everything else is 404. */
export const calls = [
  "lists",
  "templates",
  "campaigns.list",
  "campaigns.create",
  "campaigns.content",
  "campaigns.delete",
] as const;
export type CallName = (typeof calls)[number];

export interface MailchimpReply {
  readonly status: number;
  readonly body?: object;
}

/** A problem document: https://mailchimp.com/developer/marketing/docs/errors/ */
export function problem(
  status: number,
  title: string,
  detail: string,
  errors?: readonly { readonly field: string; readonly message: string }[],
): MailchimpReply {
  const type = "https://mailchimp.com/developer/marketing/docs/errors/";
  return { status, body: { type, title, status, detail, instance: randomUUID(), ...(errors && { errors }) } };
}

export const notFound = () => problem(404, "Resource Not Found", "The requested resource could not be found.");

/** Which call a request is, and the campaign it names. */
export function callOf(method: string, path: string): { readonly call: CallName; readonly id: string } | undefined {
  const [resource, id = "", part, ...rest] = path.replace(/^\/3\.0\//, "").split("/");
  if (rest.length > 0) return undefined;
  if (method === "GET" && !id && (resource === "lists" || resource === "templates")) return { call: resource, id };
  if (resource !== "campaigns") return undefined;
  if (!id) return method === "GET" ? { call: "campaigns.list", id } : createOrNothing(method);
  if (method === "GET" && part === "content") return { call: "campaigns.content", id };
  return method === "DELETE" && !part ? { call: "campaigns.delete", id } : undefined;
}

function createOrNothing(method: string): { readonly call: CallName; readonly id: string } | undefined {
  return method === "POST" ? { call: "campaigns.create", id: "" } : undefined;
}

/** Does what a call requests and responds as Mailchimp does. */
export function respond(
  { call, id }: { call: CallName; id: string },
  query: URLSearchParams,
  body: unknown,
  state: MailchimpState,
): MailchimpReply {
  switch (call) {
    case "lists":
      return page("lists", state.audiences.map(listBody), query);
    case "templates":
      return page("templates", state.templates.map(templateBody), query);
    case "campaigns.list": {
      // Every campaign here is unsent.
      const wanted = [null, "save"].includes(query.get("status")) ? [...state.campaigns.values()] : [];
      const found = wanted.map((campaign) => campaignBody(campaign, state));
      return page("campaigns", found, query);
    }
    case "campaigns.create":
      return create(body, state);
    case "campaigns.content": {
      const campaign = state.campaigns.get(id);
      return campaign ? { status: 200, body: contentBody(campaign, state) } : notFound();
    }
    case "campaigns.delete":
      return state.campaigns.delete(id) ? { status: 204 } : notFound();
  }
}

function page(name: string, items: readonly object[], query: URLSearchParams): MailchimpReply {
  const count = Number(query.get("count") ?? 10);
  const offset = Number(query.get("offset") ?? 0);
  if (!Number.isInteger(count) || count < 0 || count > 1000 || !Number.isInteger(offset) || offset < 0)
    return problem(400, "Invalid Resource", "count must be 0 to 1000 and offset at least 0.");
  const body = { [name]: items.slice(offset, offset + count), total_items: items.length, _links: [] };
  return { status: 200, body };
}

interface CampaignRequest {
  readonly type?: string;
  readonly recipients?: { readonly list_id?: string };
  readonly settings?: {
    readonly title?: string;
    readonly subject_line?: string;
    readonly from_name?: string;
    readonly reply_to?: string;
    readonly template_id?: number;
  };
}

function create(body: unknown, state: MailchimpState): MailchimpReply {
  const { type, recipients, settings = {} } = (body ?? {}) as CampaignRequest;
  const listId = recipients?.list_id ?? "";
  const templateId = settings.template_id ?? 0;
  const errors = [
    type !== "regular" && { field: "type", message: "Data presented is not one of the accepted values: regular." },
    !state.audiences.some(({ id }) => id === listId) && { field: "recipients.list_id", message: "Invalid list." },
    !state.templates.some(({ id, seed }) => id === templateId && seed.active !== false) && {
      field: "settings.template_id",
      message: "The template does not exist.",
    },
    !/^[^@\s]+@[^@\s]+$/.test(settings.reply_to ?? "") && { field: "settings.reply_to", message: "Invalid email." },
  ].filter((error) => error !== false);
  if (errors.length > 0) {
    const detail = "The resource submitted could not be validated. For field-specific details, see the 'errors' array.";
    return problem(400, "Invalid Resource", detail, errors);
  }
  const campaign: Campaign = {
    id: randomBytes(5).toString("hex"),
    createdAt: new Date(),
    title: settings.title ?? "",
    subject: settings.subject_line ?? "",
    fromName: settings.from_name ?? "",
    replyTo: settings.reply_to ?? "",
    listId,
    templateId,
  };
  state.campaigns.set(campaign.id, campaign);
  return { status: 200, body: campaignBody(campaign, state) };
}
