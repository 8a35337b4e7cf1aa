import {
  readStored,
  type StoredConfiguration,
  writeChanges,
} from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { poolTypeWords } from "@email-agent/shared/domain/recipients/poolTypeWords.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { FirstStep, FirstSteps } from "../../api/firstSteps.ts";
import type { Manager } from "../manager.ts";
import { proposalChanges, proposalWords } from "./proposals.ts";

/** Managers whose organisation has sent a mailing: that stays true. */
const haveSent = new WeakSet<object>();

/** What is there and what is missing before the first mailing. */
export async function readFirstSteps(manager: Manager): Promise<FirstSteps> {
  if (haveSent.has(manager)) return { steps: [], proposals: [] };
  const orders = await ordersSoFar(manager);
  if (orders === "sent") {
    haveSent.add(manager);
    return { steps: [], proposals: [] };
  }
  const [stored, templates, people] = await Promise.all([
    readStored(manager.configStore),
    manager.configStore.list("template"),
    manager.participants.page({ segment: 0, segments: 1, limit: 1 }),
  ]);
  const done = {
    orders: orders > 0,
    people: people.participants.length > 0,
    content: contentSource(templates.length > 0, manager.config),
  };
  return { steps: stepsOf(stored, done), proposals: proposalWords(stored) };
}

/** Adds what is proposed of each kind of which there is nothing yet. AppError `conflict` if another user added one meanwhile. */
export async function addProposals(manager: Manager, user: User): Promise<FirstSteps> {
  const stored = await readStored(manager.configStore);
  const changes = proposalChanges(stored, manager.config);
  const { conflict } = await writeChanges(manager.configStore, stored, changes, { by: user.id, clock: manager.clock });
  if (conflict)
    throw new AppError("conflict", `The ${conflict.kind} ${conflict.key} was added meanwhile. Reload the page.`);
  return readFirstSteps(manager);
}

async function ordersSoFar({ orders, reportBadItem }: Manager): Promise<number | "sent"> {
  let count = 0;
  for await (const order of orders.list((error) => reportBadItem(error, "a work order cannot be read"))) {
    if (hasSent(order)) return "sent";
    count += 1;
  }
  return count;
}

function contentSource(hasTemplates: boolean, { MAILCHIMP_REPLY_TO }: Manager["config"]): Done["content"] {
  if (hasTemplates) return "bucket";
  return MAILCHIMP_REPLY_TO === "" ? undefined : "Mailchimp";
}

function hasSent({ steps: { Send } }: WorkOrder): boolean {
  return Object.values(Send.languages ?? {}).some(({ sent }) => sent > 0);
}

/** Without a pool an event concerns no one. */
function hasPool({ config }: Readonly<Record<string, unknown>>): boolean {
  return Boolean((config as { readonly pool?: string | null } | null | undefined)?.pool);
}

interface Done {
  readonly orders: boolean;
  readonly people: boolean;
  /** Where templates come from; undefined: there is none. */
  readonly content: "bucket" | "Mailchimp" | undefined;
}

function stepsOf(stored: StoredConfiguration, done: Done): FirstStep[] {
  const has = (kind: keyof StoredConfiguration) => stored[kind].size > 0;
  const organisation = stored.setting.get("organisation")?.fields["value"] as { readonly name?: string } | undefined;
  return [
    {
      id: "organisation",
      title: "Say who you are",
      hint: "Name and postal address of the organisation, as recipients know it. Set the time zone as well.",
      address: "/settings/setting",
      isDone: Boolean(organisation?.name),
    },
    {
      id: "account",
      title: "Add a mail account",
      hint: "The address mails come from and the mail server they leave by, with its limits.",
      address: "/settings/add/account",
      isDone: has("account"),
    },
    {
      id: "language",
      title: "Add the languages",
      hint: "One is enough. One that is for everyone reaches people whatever language they prefer.",
      address: "/settings/add/language",
      isDone: has("language"),
    },
    {
      id: "pool",
      title: "Add a pool",
      hint: `A rule that says which people are concerned. The type “${poolTypeWords["true"]?.title}” accepts every person.`,
      address: "/settings/add/pool",
      isDone: has("pool"),
    },
    {
      id: "stage",
      title: "Add a stage",
      hint: "The kind of mail, as news or reminder. Without pools of its own it is for all people of the event.",
      address: "/settings/add/stage",
      isDone: has("stage"),
    },
    {
      id: "event",
      title: "Add an event",
      hint: "What the mails are about, with one part at least, as main, and the pool of those it concerns.",
      address: "/settings/add/event",
      isDone: [...stored.event.values()].some(({ fields }) => hasPool(fields)),
    },
    {
      id: "people",
      title: "Bring in the people",
      hint: "Their names, addresses and languages, from the list you have.",
      address: "/people/import",
      isDone: done.people,
    },
    {
      id: "template",
      title: "Upload a template",
      hint: "The HTML of the first mailing, for its event, part, stage and language.",
      address: "/templates",
      isDone: done.content !== undefined,
      ...(done.content === "Mailchimp" && {
        note: "Done: templates come from Mailchimp. One that is uploaded here is taken first.",
      }),
    },
    {
      id: "order",
      title: "Create a work order",
      hint: "The mailing itself: event, stage, subject and account.",
      address: "/work-orders/new",
      isDone: done.orders,
    },
    {
      id: "send",
      title: "Start its steps one by one",
      hint: "Count, Prepare, Dry-Run, Test and Send: each says what it found before the next begins.",
      address: "/",
      isDone: false,
    },
  ];
}
