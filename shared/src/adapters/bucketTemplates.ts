import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { type StoredTemplate, storedTemplateSchema, templateKey } from "../domain/content/storedTemplate.ts";
import type { Aws } from "./aws.ts";
import type { Documents } from "./documents.ts";
import { readItem } from "./items.ts";

/** Templates that are kept in the bucket: an item of Config each (key `template`, `<name>`), its HTML in S3 by content hash. */
export interface BucketTemplates {
  /** The newest version; undefined if there is none of this name, or it was deleted. AppError `bad-item` if it does not fit. */
  get(name: string): Promise<StoredTemplate | undefined>;
  /** The HTML of a version. AppError `not-found`, `storage`. */
  html(template: Pick<StoredTemplate, "name" | "hash">, signal?: AbortSignal): Promise<string>;
}

export function bucketTemplates(
  aws: Pick<Aws, "dynamo">,
  config: { readonly CONFIG_TABLE: string },
  documents: Pick<Documents, "getText">,
): BucketTemplates {
  const TableName = config.CONFIG_TABLE;
  return {
    async get(name) {
      const Key = { pk: "template", sk: name };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      const found = Item && readItem(TableName, `template/${name}`, storedTemplateSchema, { ...Item, name });
      return found?.removed ? undefined : found;
    },
    html: ({ name, hash }, signal) => documents.getText(templateKey(name, hash), signal),
  };
}
