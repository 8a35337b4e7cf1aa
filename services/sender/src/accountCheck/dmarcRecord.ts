/** What a DMARC record asks of receivers (RFC 7489 6.3). */
export interface DmarcPolicy {
  readonly policy: "none" | "quarantine" | "reject";
  readonly strictSpf: boolean;
  readonly strictDkim: boolean;
  readonly hasReports: boolean;
}

const policies = ["none", "quarantine", "reject"] as const;

/**
 * Reads a record. `isInherited`: it is that of the organisational domain, for a domain below it. Returns the first thing that
 * is wrong as a clause.
 */
export function readDmarcRecord(text: string, isInherited: boolean): DmarcPolicy | { readonly wrong: string } {
  const tags = new Map<string, string>();
  for (const [index, part] of text.split(";").entries()) {
    if (part.trim() === "") continue;
    const [, name = "", value = ""] = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(part) ?? [];
    if (name === "") return { wrong: `"${part.trim()}" is not of the form tag=value` };
    if (index === 1 && name.toLowerCase() !== "p") return { wrong: "p= must follow v=DMARC1" };
    tags.set(name.toLowerCase(), value);
  }
  const policy = policies.find((one) => one === tags.get("p")?.toLowerCase());
  if (!policy) return { wrong: `p= must be none, quarantine or reject, and is "${tags.get("p") ?? ""}"` };
  const below = policies.find((one) => one === tags.get("sp")?.toLowerCase());
  if (tags.has("sp") && !below) return { wrong: `sp= must be none, quarantine or reject, and is "${tags.get("sp")}"` };
  return {
    policy: (isInherited && below) || policy,
    strictSpf: tags.get("aspf")?.toLowerCase() === "s",
    strictDkim: tags.get("adkim")?.toLowerCase() === "s",
    hasReports: /mailto:/i.test(tags.get("rua") ?? ""),
  };
}
