import { configurationOf, type StoredConfiguration } from "@email-agent/shared/adapters/storedConfiguration.ts";
import {
  type Comparison,
  compareConfiguration,
} from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { readConfigurationFile } from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import type { MessageConfig } from "@email-agent/shared/domain/delivery/message.ts";

/** What suits an organisation that has none of a kind yet: mail in one language to everyone. */
const proposed = readConfigurationFile(`emailAgentConfiguration: 1
languages:
  EN: { name: English, tag: en, everyone: true, order: 1 }
pools:
  everyone: { attributes: [{ type: "true" }] }
stages:
  news: { description: News, order: 1 }
`);

const words: Partial<Record<ConfigKind, string>> = {
  language: "the language English, for everyone",
  pool: "the pool everyone",
  stage: "the stage news",
};

const kinds = Object.keys(words) as ConfigKind[];

/** In words, of the kinds of which there is nothing yet. */
export function proposalWords(stored: StoredConfiguration): string[] {
  return kinds.filter((kind) => stored[kind].size === 0).map((kind) => words[kind] ?? kind);
}

/** The changes that add what is proposed of the kinds of which there is nothing yet. */
export function proposalChanges(stored: StoredConfiguration, defaults: MessageConfig): Comparison["changes"] {
  const items = proposed.items.filter(({ kind }) => stored[kind].size === 0);
  return compareConfiguration(configurationOf(stored), { ...proposed, items }, { remove: false, defaults }).changes;
}
