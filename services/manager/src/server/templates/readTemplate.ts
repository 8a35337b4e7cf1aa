import type { User } from "@email-agent/shared/domain/configItems.ts";
import {
  type StoredTemplate,
  storedTemplateSchema,
  templateKey,
} from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Template, VersionText } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { type TemplatePorts, templateRow, visibleTemplates } from "./listTemplates.ts";
import { templateFor } from "./templateFor.ts";
import { templateUses } from "./templateUse.ts";

type Ports = Pick<Manager, "configStore" | "config" | "documents">;

/** `GET /api/templates/{name}`: its text, its versions and what uses it. AppError `not-found`, `storage`. */
export async function readTemplate(ports: TemplatePorts, user: User, name: string): Promise<Template> {
  const { template } = await templateFor(ports, user, name);
  const [html, versions, all] = await Promise.all([
    ports.documents.getText(templateKey(name, template.hash)),
    templateVersions(ports, template),
    visibleTemplates(ports, user),
  ]);
  const { uses } = await templateUses(ports, user, all);
  const nameOf = await userNames(
    ports,
    versions.map(({ changedBy }) => changedBy),
  );
  return {
    ...templateRow(template, nameOf, uses.get(name)),
    html,
    versions: versions.map(({ version, changedAt, changedBy, bytes, removed }) => ({
      ...{ version, changedAt, bytes },
      ...{ changedBy: nameOf(changedBy), removed: removed === true },
    })),
  };
}

/** Every version, newest first, the present one among them. */
async function templateVersions(
  { configStore }: Pick<Ports, "configStore">,
  template: StoredTemplate,
): Promise<StoredTemplate[]> {
  const earlier = await configStore.history("template", template.name);
  const read = earlier.flatMap(({ fields, ...stamp }) => {
    const parsed = storedTemplateSchema.safeParse({ ...fields, ...stamp, name: template.name });
    return parsed.success ? [parsed.data] : [];
  });
  return [template, ...read];
}

/** The text of one version. AppError `not-found` if there is no such version. */
export async function readVersion(ports: Ports, user: User, name: string, version: string): Promise<VersionText> {
  const { template } = await templateFor(ports, user, name);
  return { html: await ports.documents.getText(templateKey(name, (await versionOf(ports, template, version)).hash)) };
}

/** One version of a template. AppError `not-found`. */
export async function versionOf(
  ports: Pick<Ports, "configStore">,
  template: StoredTemplate,
  version: string,
): Promise<StoredTemplate> {
  const found = (await templateVersions(ports, template)).find((one) => String(one.version) === version);
  if (found) return found;
  throw new AppError("not-found", `The template ${template.name} has no version ${version.slice(0, 20)}.`);
}
