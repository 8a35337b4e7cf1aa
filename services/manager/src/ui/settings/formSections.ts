import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";

/** A part of a form: the fields from one with a section to the next; without title if no field begins one. */
export interface FormPart {
  readonly title: string;
  readonly fields: readonly Field[];
}

export function formParts(fields: readonly Field[]): readonly FormPart[] {
  const parts: { title: string; fields: Field[] }[] = [];
  for (const field of fields) {
    const last = parts.at(-1);
    if (last && field.section === undefined) last.fields.push(field);
    else parts.push({ title: field.section ?? "", fields: [field] });
  }
  return parts;
}

/** What a path is called: `dkim.domain` → `DKIM signature, Signing domain`; names and numbers stay as they are. */
export function pathTitle(fields: readonly Field[], path: string): string {
  const titles: string[] = [];
  let inner: readonly Field[] = fields;
  let of: Field | undefined;
  for (const part of path.split(".")) {
    const field: Field | undefined = of ?? inner.find(({ name }) => name === part);
    titles.push(of ? (/^\d+$/.test(part) ? String(Number(part) + 1) : part) : (field?.title ?? part));
    of = field?.of;
    inner = field?.fields ?? [];
  }
  return titles.join(", ");
}
