// Over HTTP: export and import of the whole configuration.
import type { FieldChange, ItemChange } from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import type { FileFault } from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import type { ItemEffect } from "./settings.ts";

/** An item that an import would write. */
export interface ComparedItem extends Pick<ItemChange, "kind" | "key" | "change"> {
  readonly fields: readonly FieldChange[];
}

/** `POST /api/configuration`: what an import would change. Nothing is written. */
export interface ComparedFile {
  /** In the order in which they are written. */
  readonly changes: readonly ComparedItem[];
  readonly unchanged: number;
  /** Items that the file does not name although it has their section. */
  readonly unnamed: number;
  /** The file says that its sections hold all there is to be. */
  readonly isComplete: boolean;
  readonly faults: readonly FileFault[];
  /** Accounts that lack a password or key afterwards. */
  readonly secretsToEnter: readonly { readonly key: string; readonly field: string }[];
  /** Work orders that the import would set back. */
  readonly effects: readonly ItemEffect[];
  /** What it means for the user who imports, if they should know before. */
  readonly warnings: readonly string[];
  /** Of these changes to these versions: the import does no others. */
  readonly fingerprint: string;
}

/** `PUT /api/configuration`. Without `conflict` all changes were written. */
export interface ImportedFile {
  readonly written: number;
  /** Work orders that were set back, and those that were not, because a step works. */
  readonly reset: readonly ItemEffect[];
  readonly notReset: readonly ItemEffect[];
  /** The item that was changed meanwhile: the changes from it on were not written. */
  readonly conflict?: Pick<ComparedItem, "kind" | "key">;
}
