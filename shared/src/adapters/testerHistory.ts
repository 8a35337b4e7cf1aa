import type { UpdateCommandInput } from "@aws-sdk/lib-dynamodb";

type Fields = Readonly<Record<string, unknown>>;

/** What a tester holds of a person. */
const personal: readonly string[] = ["label", "email", "first", "last"];

/** Of a tester whose address was typed for an order no copy of the person is kept: they are needed as long as the tester is. */
export function copyOfTester(fields: Fields): Fields {
  if (fields["typed"] === undefined) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !personal.includes(name)));
}

/** The write that takes the person out of an earlier version of a tester; undefined if it holds none. */
export function erasureOfTester(fields: Fields | undefined): Partial<UpdateCommandInput> | undefined {
  if (!fields || personal.every((name) => fields[name] === undefined)) return undefined;
  const names = Object.fromEntries(personal.map((name, index) => [`#f${index}`, name]));
  return {
    ConditionExpression: "attribute_exists(pk)",
    UpdateExpression: `REMOVE ${Object.keys(names)
      .map((alias) => `#fields.${alias}`)
      .join(", ")}`,
    ExpressionAttributeNames: { "#fields": "fields", ...names },
  };
}
