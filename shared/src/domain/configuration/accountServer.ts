/*
 * A stored password is for one server and one user. It must not be sent to another server by a change of the account: who may
 * edit accounts may not read their passwords.
 */

type Fields = Readonly<Record<string, unknown>>;

/** Host, user or encryption is not what the stored password was entered for. Stronger encryption is no change. */
function isOtherServer(before: Fields, after: Fields): boolean {
  const text = (fields: Fields, name: string) => String(fields[name] ?? "").trim();
  const isUnencrypted = (fields: Fields) => fields["security"] === "none";
  return (
    text(before, "host").toLowerCase() !== text(after, "host").toLowerCase() ||
    text(before, "username") !== text(after, "username") ||
    (isUnencrypted(after) && !isUnencrypted(before))
  );
}

/** The fields without the password that was stored for another server; one that was entered now stays. */
export function withoutOtherPassword(before: Fields, entered: Fields, after: Fields): Fields {
  if (!isOtherServer(before, after)) return after;
  const { password, secretArn, ...rest } = after;
  return {
    ...rest,
    ...(isText(entered["password"]) && { password }),
    ...(secretArn !== undefined && secretArn !== before["secretArn"] && { secretArn }),
  };
}

/**
 * True if a change takes the stored password away without another one, and the entries do not say that it goes.
 * `entered`: a password of null or "" goes, and a secret that is not among them.
 */
export function lacksNewPassword(before: Fields, entered: Fields, after: Fields): boolean {
  if (!isOtherServer(before, after) || isText(after["password"]) || isText(after["secretArn"])) return false;
  const losesPassword = isText(before["password"]) && entered["password"] === undefined;
  return losesPassword || (isText(before["secretArn"]) && entered["secretArn"] === before["secretArn"]);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
