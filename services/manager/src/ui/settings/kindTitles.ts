import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";

/** The kinds in the order of the pages; apart from the schemas, which no browser needs. */
export const kindTitles: Readonly<
  Record<ConfigKind, { readonly one: string; readonly all: string; readonly about: string }>
> = {
  account: { one: "Mail account", all: "Mail accounts", about: "Accounts to send from, and their limits." },
  event: { one: "Event", all: "Events", about: "What mailings are about: parts, audience, prices." },
  stage: { one: "Stage", all: "Stages", about: "The kinds of mail in the life of an event." },
  pool: { one: "Pool", all: "Pools", about: "Rules that say which people are concerned." },
  language: { one: "Language", all: "Languages", about: "The languages of mails." },
  prompt: { one: "Prompt", all: "Prompts", about: "Texts that templates insert." },
  tester: { one: "Tester", all: "Testers", about: "Those who may be chosen for Test." },
  user: { one: "User", all: "Users", about: "Who may use the Email Manager, and what they may do." },
  setting: { one: "General setting", all: "General settings", about: "What holds for all mailings." },
};
