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

/** The parts of an account that sign in somewhere: itself, at its mail server, and its bounce mailbox. */
const servers = ["", "bounceMailbox"] as const;

function partOf(account: Fields, server: (typeof servers)[number]): Fields {
  const part = server === "" ? account : account[server];
  return typeof part === "object" && part !== null ? (part as Fields) : {};
}

/** The account without passwords that were stored for other servers; those that were entered now stay. */
export function withoutOtherPasswords(before: Fields, entered: Fields, after: Fields): Fields {
  const own = withoutOtherPassword(before, entered, after);
  if (typeof after["bounceMailbox"] !== "object" || after["bounceMailbox"] === null) return own;
  const [old, typed, now] = [before, entered, after].map((account) => partOf(account, "bounceMailbox"));
  return { ...own, bounceMailbox: withoutOtherPassword(old ?? {}, typed ?? {}, now ?? {}) };
}

/** Paths of the passwords that a change takes away without another one, and the entries do not say that they go. */
export function lostPasswords(before: Fields, entered: Fields, after: Fields): string[] {
  return servers
    .filter((server) => server === "" || Object.keys(partOf(after, server)).length > 0)
    .filter((server) => lacksNewPassword(partOf(before, server), partOf(entered, server), partOf(after, server)))
    .map((server) => (server === "" ? "password" : `${server}.password`));
}

function withoutOtherPassword(before: Fields, entered: Fields, after: Fields): Fields {
  if (!isOtherServer(before, after)) return after;
  const { password, secretArn, ...rest } = after;
  return {
    ...rest,
    ...(isText(entered["password"]) && { password }),
    ...(secretArn !== undefined && secretArn !== before["secretArn"] && { secretArn }),
  };
}

/** `entered`: a password of null or "" goes, and a secret that is not among them. */
function lacksNewPassword(before: Fields, entered: Fields, after: Fields): boolean {
  if (!isOtherServer(before, after) || isText(after["password"]) || isText(after["secretArn"])) return false;
  const losesPassword = isText(before["password"]) && entered["password"] === undefined;
  return losesPassword || (isText(before["secretArn"]) && entered["secretArn"] === before["secretArn"]);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
