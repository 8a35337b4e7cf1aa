import { z } from "zod";
import { type TableNames, type TableShape, type TableVariable, tableNames, tables } from "../resources.ts";

const tableName = "[A-Za-z0-9_.-]{3,255}";
const tableArn = new RegExp(`^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):(\\d{12}):table/(${tableName})$`);
const streamArn = new RegExp(`^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):(\\d{12}):table/(${tableName})/stream/[0-9T:.-]+$`);
const keyArn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[0-9a-zA-Z-]+$/;

const text = (pattern: RegExp, what: string) =>
  z.string({ error: `must be ${what}` }).regex(pattern, { error: `must be ${what}` });

/** A table made elsewhere, which the product uses instead of one of its own. */
const existingTable = z.strictObject(
  {
    /** Its name or ARN, in the account and region of the environment. */
    table: text(new RegExp(`^${tableName}$|${tableArn.source}`), "the name or the ARN of a DynamoDB table"),
    /** Its stream of new and old images: for the table of work orders, and for that only. */
    streamArn: text(
      streamArn,
      "the ARN of a stream, as arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<time>",
    ).optional(),
    /** The KMS key it is encrypted with, if that is neither DynamoDB's own nor, for mail accounts and deliveries, the one of the stack `data`. */
    keyArn: text(keyArn, "the ARN of a KMS key, as arn:aws:kms:<region>:<account>:key/<id>").optional(),
  },
  { error: 'must be an object, as { "table": "Participants" }' },
);

/** By the name of `resources.ts`: which tables are there already, and are left as they are. */
export const existingTablesSchema = z
  .strictObject(
    Object.fromEntries(Object.values(tables).map(({ name }) => [name, existingTable.optional()])) as Record<
      (typeof tables)[TableVariable]["name"],
      z.ZodOptional<typeof existingTable>
    >,
    { error: "must name tables, each with the one that takes its place" },
  )
  .default({});

type ExistingTables = z.output<typeof existingTablesSchema>;
interface Settings {
  readonly existingTables: ExistingTables;
  readonly region: string;
  readonly certificateArn: string;
  readonly prefix: string;
  readonly keepData: boolean;
}

/** What takes the place of the table of `variable`, with its bare name; undefined if the product makes its own. */
export function existingTableOf({ existingTables }: Pick<Settings, "existingTables">, variable: TableVariable) {
  const given = existingTables[tables[variable].name];
  return given && { ...given, name: given.table.split("/").at(-1) as string };
}

/** The name of each table the services use, whether made by the product or found. */
export function usedTableNames(settings: Pick<Settings, "existingTables" | "prefix">): TableNames {
  const own = tableNames(settings.prefix);
  const found = (Object.keys(own) as TableVariable[]).map((variable) => [
    variable,
    existingTableOf(settings, variable)?.name ?? own[variable],
  ]);
  return Object.fromEntries(found) as TableNames;
}

/** What of `existingTables` does not fit the rest of the environment: a sentence each, with the table and the field. */
export function wrongExistingTables(settings: Settings): { table: string; field: string; message: string }[] {
  const { region, certificateArn, prefix, keepData } = settings;
  const account = certificateArn.split(":")[4];
  const ownNames = tableNames(prefix);
  const seen = new Set<string>();
  return (Object.entries(tables) as [TableVariable, TableShape][]).flatMap(([variable, shape]) => {
    const given = existingTableOf(settings, variable);
    if (!given) return [];
    const wrong = (field: keyof typeof given, message: string) => ({ table: shape.name, field, message });
    const found = (["table", "streamArn", "keyArn"] as const).flatMap((field) => {
      const [, , , inRegion, inAccount] = given[field]?.split(":") ?? [];
      if (inRegion === undefined || (inRegion === region && inAccount === account)) return [];
      return [wrong(field, `must lie in ${region} and in account ${account}, where the certificate lies`)];
    });
    if (seen.has(given.name)) found.push(wrong("table", "must not take the place of two tables"));
    seen.add(given.name);
    if (given.name === ownNames[variable] && !keepData)
      found.push(
        wrong(
          "table",
          "is the one the stack data made, which CloudFormation deletes unless keepData was deployed as true before",
        ),
      );
    if (shape.stream && !given.streamArn)
      found.push(wrong("streamArn", "is missing: commands of users are read from a stream with new and old images"));
    if (!shape.stream && given.streamArn)
      found.push(wrong("streamArn", "must be left out: no stream of this table is read"));
    if (given.streamArn && streamArn.exec(given.streamArn)?.[3] !== given.name)
      found.push(wrong("streamArn", `must be a stream of the table ${given.name}`));
    return found;
  });
}
