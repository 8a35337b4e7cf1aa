import { mailAddress } from "../recipients/address.ts";
import { isFixedTag } from "../template/mergeTags.ts";
import type { Faults, Item } from "./itemFaults.ts";
import { hashtagFault, hostFault, lineFault, shown, timeZoneFault, webAddressFault } from "./valueFaults.ts";

/** The rules of a general setting, whose value fits its schema. */
export function judgeSetting({ name, value }: Item): Faults {
  const judge = typeof name === "string" ? judges[name] : undefined;
  if (!judge || value === undefined) return {};
  return Object.fromEntries(
    Object.entries(judge(value as never)).map(([path, sentence]) => [
      path === "" ? "value" : `value.${path}`,
      sentence,
    ]),
  );
}

const judges: Readonly<Record<string, (value: never) => Faults>> = {
  organisation(value: Readonly<Record<string, string>>) {
    const faults: Faults = {};
    for (const field of ["name", "phone"]) {
      const fault = lineFault(value[field] ?? "");
      if (fault) faults[field] = fault;
    }
    const { email = "", url = "" } = value;
    if (email !== "" && mailAddress(email) === undefined)
      faults["email"] = `${shown(email)} is not a mail address. Enter one as office@example.org.`;
    const wrong = url === "" ? undefined : webAddressFault(url);
    if (wrong) faults["url"] = wrong;
    return faults;
  },
  timeZone: (value: string) => atItself(timeZoneFault(value)),
  registrationHosts: (value: readonly string[]) => eachOf(value, hostFault),
  registrationPlaceholderId(value: string) {
    if (value.trim() === "") return atItself("Enter the id that templates write in place of a person's.");
    return atItself(
      /^[\w.~-]+$/.test(value)
        ? undefined
        : `${shown(value)} cannot be a part of a link. Use letters, digits, and - _ . ~ only.`,
    );
  },
  registrationParams(value: { readonly event: string; readonly participant: string }) {
    const faults: Faults = {};
    for (const field of ["event", "participant"] as const)
      if (!/^[\w.~-]+$/.test(value[field]))
        faults[field] = "Enter the name of the parameter as links have it, without ? & and =, as pid.";
    if (value.event === value.participant) faults["participant"] ??= "Enter another name than that of the event code.";
    return faults;
  },
  mergeFields(value: Readonly<Record<string, string>>) {
    const faults: Faults = {};
    for (const [tag, path] of Object.entries(value)) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(tag))
        faults[tag] = `${shown(tag)} cannot be a tag. Use capital letters, digits and underscores, as COUNTRY.`;
      else if (isFixedTag(tag)) faults[tag] = `The tag ${tag} has a meaning already. Choose another name.`;
      else if (!/^[^.\s]+(?:\.[^.\s]+)*$/.test(path))
        faults[tag] = `${shown(path)} is no path in the record of a person. Enter one as country or programs.E26.room.`;
    }
    return faults;
  },
  allowedHashtags: (value: readonly string[]) => eachOf(value, hashtagFault),
  linkCheck: (value: { readonly deny: readonly string[]; readonly warn: readonly string[] }) => ({
    ...below("deny", eachOf(value.deny ?? [], hostFault)),
    ...below("warn", eachOf(value.warn ?? [], hostFault)),
  }),
  failureCeiling(value: { readonly ratio: number; readonly minimum: number }) {
    const faults: Faults = {};
    if (!(value.ratio > 0 && value.ratio <= 1))
      faults["ratio"] = "Enter a share above 0 and up to 1: 0.2 is 20 % of the tried mails.";
    if (value.minimum < 1) faults["minimum"] = "Enter a whole number from 1 on.";
    return faults;
  },
  notices: ({ addresses = [] }: { readonly addresses?: readonly string[] }) =>
    below("addresses", noticeAddresses(addresses)),
};

const mostNoticeAddresses = 10;

function noticeAddresses(addresses: readonly string[]): Faults {
  const known = new Set<string>();
  const faults = eachOf(addresses, (address) => {
    if (mailAddress(address) === undefined)
      return `${shown(address)} is not a mail address. Enter one as office@example.org.`;
    const isRepeated = known.has(address.trim().toLowerCase());
    known.add(address.trim().toLowerCase());
    return isRepeated ? "This address is in the list already. Remove one of the two." : undefined;
  });
  if (addresses.length > mostNoticeAddresses)
    faults[mostNoticeAddresses] ??=
      `Enter ${mostNoticeAddresses} addresses at most; use a group address for more people.`;
  return faults;
}

function atItself(sentence: string | undefined): Faults {
  return sentence === undefined ? {} : { "": sentence };
}

function eachOf(values: readonly string[], fault: (value: string) => string | undefined): Faults {
  const faults: Faults = {};
  for (const [index, value] of values.entries()) {
    const sentence = fault(value);
    if (sentence) faults[index] = sentence;
  }
  return faults;
}

function below(path: string, faults: Faults): Faults {
  return Object.fromEntries(Object.entries(faults).map(([inner, sentence]) => [`${path}.${inner}`, sentence]));
}
