// Over HTTP: the pages of Settings.
import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Instant } from "@email-agent/shared/domain/time.ts";

/** When and by whom a version came about. `version` 0: written by another program. */
interface VersionStamp {
  readonly version: number;
  readonly changedAt?: Instant | undefined;
  /** Name of the user. */
  readonly changedBy?: string | undefined;
}

export interface SettingsRow extends VersionStamp {
  readonly key: string;
  /** What the item says of itself, in a few words. */
  readonly summary: string;
  /** Why it does not fit, in one sentence. */
  readonly problem?: string;
}

/** `GET /api/settings/{kind}`. */
export interface SettingsList {
  readonly items: readonly SettingsRow[];
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
  /** All fields, those of the key included; no secrets. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Paths of the secrets that are set. */
  readonly secretsSet: readonly string[];
  /** Path → why it does not fit. */
  readonly faults: Readonly<Record<string, string>>;
  readonly usedBy: readonly ItemUse[];
  /** Newest first, without the present one. */
  readonly versions: readonly SettingsVersion[];
}

/**
 * `POST /api/settings/{kind}` (a new item) and `PUT /api/settings/{kind}/{key}`. A secret that is absent stays as it is, null
 * removes it.
 */
export interface SaveItemBody {
  readonly values: Readonly<Record<string, unknown>>;
  /** The version that was read; null for a new item. */
  readonly version: number | null;
}
