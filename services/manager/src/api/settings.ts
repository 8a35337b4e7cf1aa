// Over HTTP: the pages of Settings.
import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { Failure } from "./failure.ts";
import type { PersonRow, ShownPool } from "./people.ts";
import type { PreviewParticipant } from "./preview.ts";

/** When and by whom a version came about. `version` 0: written by another program. */
interface VersionStamp {
  readonly version: number;
  readonly changedAt?: Instant | undefined;
  /** Name of the user. */
  readonly changedBy?: string | undefined;
}

export interface SettingsRow extends VersionStamp {
  readonly key: string;
  /** Shown in place of the key. */
  readonly title?: string;
  /** What the item says of itself, in a few words. */
  readonly summary: string;
  /** Why it does not fit, in one sentence. */
  readonly problem?: string;
}

/** `GET /api/settings/{kind}`. */
export interface SettingsList {
  readonly items: readonly SettingsRow[];
  /** Why the items of the kind cannot be changed here. */
  readonly elsewhere?: string;
}

/** What a new item of a kind, or an existing one, is entered with. */
export interface SettingsForm {
  readonly kind: ConfigKind;
  readonly fields: readonly Field[];
  /** The fields that name the item. */
  readonly keyFields: readonly string[];
  /** Kind → keys to choose from, with what is shown for each. */
  readonly choices: Readonly<Partial<Record<ConfigKind, readonly Choice[]>>>;
}
interface Choice {
  readonly key: string;
  readonly label: string;
}

/** Something that names the item. `address`: its page. */
export interface ItemUse {
  readonly title: string;
  readonly address: string;
}

/** An earlier version; without `fields` the item was removed. */
export interface SettingsVersion extends VersionStamp {
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `GET /api/settings/{kind}/{key}`. Without `version` it is a form for a new item (`GET /api/settings/{kind}?form`). */
export interface SettingsItem extends Partial<VersionStamp> {
  readonly key?: string;
  readonly form: SettingsForm;
  /** Fields of the item that controls of their own set, as a pause. */
  readonly hiddenFields: readonly Field[];
  /** All fields, those of the key included; no secrets. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of the secrets that are set. */
  readonly secretsSet: readonly string[];
  /** Path → why it does not fit. */
  readonly faults: Readonly<Record<string, string>>;
  /** A mark of the stored fields that were read; see SaveItemBody. */
  readonly seen?: string;
  /** Why the items of the kind cannot be changed here. */
  readonly elsewhere?: string;
  readonly usedBy: readonly ItemUse[];
  /** Newest first, without the present one. */
  readonly versions: readonly SettingsVersion[];
  /** After a save: the orders whose steps went back to ready, and those of them that could not, because a step works. */
  readonly reset?: readonly ItemEffect[];
  readonly notReset?: readonly ItemEffect[];
}

/** A work order whose steps have results that a change makes stale. `busy`: a step of it works. */
export interface ItemEffect extends ItemUse {
  readonly steps: readonly string[];
  readonly busy: boolean;
}

/**
 * `POST /api/settings/{kind}` (a new item) and `PUT /api/settings/{kind}/{key}`. A secret that is absent stays as it is, null
 * removes it.
 */
export interface SaveItemBody {
  readonly values: Readonly<Record<string, unknown>>;
  /** The version that was read; null for a new item. */
  readonly version: number | null;
  /** `seen` of the item that was read: programs that know no versions may have changed it since. */
  readonly seen?: string | undefined;
  /** The user saw which work orders are set back. Without it a save that would do so fails, with `reason` `resets`. */
  readonly confirmResets?: boolean;
  /** The user saw which rights of their own they lose. Without it a save that would do so fails, with `reason` `own-rights`. */
  readonly confirmOwnLoss?: boolean;
}

/** `POST /api/settings/check/{kind}`: what is wrong with what is entered so far. `isNew`: as a new item. */
export interface CheckItemBody {
  readonly values: Readonly<Record<string, unknown>>;
  readonly isNew: boolean;
}
export interface ItemCheck {
  /** Path → sentence. */
  readonly fields: Readonly<Record<string, string>>;
}

/** `GET /api/settings/general`: all general settings as one form, a field for each; what is not set is absent in `values`. */
export interface GeneralSettings {
  readonly form: SettingsForm;
  readonly values: Readonly<Record<string, unknown>>;
  readonly faults: Readonly<Record<string, string>>;
  /** Name → its version, and the mark of what was read. */
  readonly settings: Readonly<Record<string, VersionStamp & { readonly seen: string }>>;
}

/** `PUT /api/settings/general`: `settings` names those to save, with what was read of each. */
export interface SaveGeneralBody {
  readonly values: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, { readonly version: number; readonly seen: string }>>;
  readonly confirmResets?: boolean;
}
export interface SavedGeneral {
  readonly settings: GeneralSettings;
  /** Names of those that are saved, and of those that someone else changed meanwhile. */
  readonly saved: readonly string[];
  readonly conflicts: readonly string[];
  readonly reset: readonly ItemEffect[];
  readonly notReset: readonly ItemEffect[];
}

/** `POST /api/settings/pool-effect`: the pool as it is entered, and the event it is asked for. */
export interface PoolEffectBody {
  readonly pool: Readonly<Record<string, unknown>>;
  readonly event: string;
  readonly subEvent: string;
}

/** Its response, a line of JSON each: progress of the count; the last one has `people`, some of those that are accepted, or `error`. */
export type PoolEffectLine =
  | {
      readonly read: number;
      readonly accepted: number;
      /** A record about which no one can say, as for a retreat without price. */
      readonly problem?: string;
      readonly people?: readonly PersonRow[];
    }
  | { readonly error: Failure };

/** `POST /api/settings/pool-person`: the same for one person, by id. */
export interface PoolPersonBody extends PoolEffectBody {
  readonly person: string;
}
export interface PoolPerson {
  readonly person: PersonRow;
  readonly pool: ShownPool;
}

/** `POST /api/settings/prompt-preview`: the prompt as it is entered. Without `participant` the server chooses a person. */
export interface PromptPreviewBody {
  readonly prompt: { readonly event: string; readonly key: string; readonly language: string; readonly text: string };
  readonly event: string;
  readonly subEvent: string;
  readonly language: string;
  readonly participant?: string;
}
export interface PromptPreview {
  readonly findings: readonly Detail[];
  /** Why there is no `html`. */
  readonly problem?: string;
  readonly html?: string;
  readonly person?: PreviewParticipant;
}
