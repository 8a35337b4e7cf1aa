import { createHash } from "node:crypto";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type StoredTemplate, templateKey } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { OtherVersion } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { versionOf } from "./readTemplate.ts";
import { type FoundTemplate, templateFor } from "./templateFor.ts";

export type SavePorts = Pick<Manager, "configStore" | "configTable" | "config" | "documents" | "clock">;

/**
 * Saves a text as the next version, if the template still has the version it was made from. The same text again saves
 * nothing.
 *
 * @returns the version that counts now
 * @throws AppError `not-found`; `conflict` with `details.reason` `changed` and `details.other`, what another user saved meanwhile
 */
export async function saveTemplate(
  ports: SavePorts,
  user: User,
  name: string,
  { version, html }: { readonly version: number; readonly html: string },
): Promise<number> {
  const found = await templateOfVersion(ports, user, name, version);
  const stored = await storeText(ports, name, html);
  return write(ports, user, found, stored);
}

/** Makes the text of an earlier version the present one again, or brings a deleted template back. Errors of saveTemplate. */
export async function restoreTemplate(
  ports: SavePorts,
  user: User,
  name: string,
  { version, from }: { readonly version: number; readonly from: number },
): Promise<number> {
  const found = await templateOfVersion(ports, user, name, version);
  const { hash, bytes } = await versionOf(ports, found.template, String(from));
  return write(ports, user, found, { hash, bytes });
}

/** Deletes a template: Prepare no longer sees it, its versions stay and it can be restored. Errors of saveTemplate. */
export async function removeTemplate(
  ports: SavePorts,
  user: User,
  name: string,
  { version }: { readonly version: number },
): Promise<number> {
  const found = await templateOfVersion(ports, user, name, version);
  const { hash, bytes } = found.template;
  return write(ports, user, found, { hash, bytes, removed: true });
}

/** Puts a text into the bucket under its hash, where it stays also if nothing comes to refer to it. */
export async function storeText({ documents }: Pick<SavePorts, "documents">, name: string, html: string) {
  const hash = createHash("sha256").update(html, "utf8").digest("hex");
  await documents.putNew(templateKey(name, hash), html, "text/html; charset=utf-8");
  return { hash, bytes: Buffer.byteLength(html) };
}

async function templateOfVersion(ports: SavePorts, user: User, name: string, version: number): Promise<FoundTemplate> {
  const found = await templateFor(ports, user, name);
  if (found.template.version !== version) throw await changedMeanwhile(ports, found.template);
  return found;
}

/** One conditional write of the next version. */
async function write(
  ports: SavePorts,
  user: User,
  { template, item }: FoundTemplate,
  next: Pick<StoredTemplate, "hash" | "bytes" | "removed">,
): Promise<number> {
  const isSame = template.hash === next.hash && (template.removed === true) === (next.removed === true);
  if (isSame) return template.version;
  const { removed: _, ...kept } = item.fields;
  const after = { ...kept, ...next };
  const now = ports.clock.now();
  const change = {
    kind: "template" as const,
    key: template.name,
    before: item,
    after,
    by: user.id,
    now,
    id: ulid(now),
  };
  if (await ports.configStore.change(change)) return template.version + 1;
  throw await changedMeanwhile(ports, (await templateFor(ports, user, template.name)).template);
}

async function changedMeanwhile(ports: SavePorts, now: StoredTemplate): Promise<AppError> {
  const nameOf = await userNames(ports, [now.changedBy]);
  const other: OtherVersion = {
    ...{ version: now.version, changedAt: now.changedAt, changedBy: nameOf(now.changedBy) },
    ...{ removed: now.removed === true, html: await ports.documents.getText(templateKey(now.name, now.hash)) },
  };
  const done = other.removed ? "deleted" : "saved";
  const message = `${other.changedBy} ${done} this template meanwhile. Your text is still here: compare both, then decide.`;
  return new AppError("conflict", message, { details: { reason: "changed", other } });
}
