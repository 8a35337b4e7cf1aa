import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";

const roleWords: Readonly<Record<string, string>> = { read: "reads", write: "writes", admin: "administrator" };

/** What an item says of itself in a list: `English`, `Registration opens`, `news@example.org`. */
export function summaryOf(kind: ConfigKind, item: Readonly<Record<string, unknown>>): string {
  const text = (name: string) => (typeof item[name] === "string" ? (item[name] as string) : "");
  switch (kind) {
    case "account":
      return [text("fromName"), text("fromAddress")].filter(Boolean).join(" · ");
    case "stage":
      return text("description");
    case "pool": {
      const types = Array.isArray(item["attributes"]) ? item["attributes"].map((one) => String(one?.type ?? "")) : [];
      return types.join(" or ");
    }
    case "prompt":
      return shortened(text("text").replaceAll(/<[^>]*>/g, " "));
    case "tester":
      return text("label");
    case "user":
      return [text("name"), roleWords[text("role")] ?? text("role")].filter(Boolean).join(" · ");
    case "setting":
      return item["value"] === undefined ? "" : shortened(JSON.stringify(item["value"]));
    default:
      return text("name");
  }
}

const longestCharacters = 100;

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > longestCharacters ? `${line.slice(0, longestCharacters - 1)}…` : line;
}

/** The page of an item. */
export function itemAddress(kind: ConfigKind, key: string): string {
  return `/settings/${kind}/${encodeURIComponent(key)}`;
}
