import type { AccountLine } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { isPrivateHost } from "@email-agent/shared/domain/delivery/privateHosts.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import type { AccountAccess } from "../smtp/credentials.ts";
import { fail, pass, unchecked, warn } from "./checkLine.ts";
import type { Inspection } from "./inspectServer.ts";

/** RFC 8996: older versions are not used any more. */
const goodVersions = ["TLSv1.2", "TLSv1.3"];

/** Whether the connection is encrypted, and how. */
export function encryptionLine(
  { security, host, port }: AccountAccess,
  { tls, ehlo, failure }: Inspection,
): AccountLine {
  if (security === "none")
    return isPrivateHost(host)
      ? pass("encryption", "None, as the account says: the host is in a private network.")
      : fail("encryption", "The account has security none, and its host is public.", "Choose starttls or tls.");
  if (tls && !goodVersions.includes(tls.version))
    return fail(
      "encryption",
      `The server speaks ${tls.version} at most, and mail goes over TLSv1.2 or later only.`,
      "Ask the operator of the server to switch on TLS 1.2 or 1.3.",
    );
  if (tls) return pass("encryption", `${tls.version}${security === "starttls" ? " after STARTTLS" : ""}.`);
  if (security === "starttls" && ehlo !== undefined && failure === undefined)
    return fail(
      "encryption",
      `The server offers no STARTTLS on port ${port}.`,
      "Choose tls with port 465, or the port for STARTTLS, which is 587 at most providers.",
    );
  return fail(
    "encryption",
    "The encrypted connection could not be set up.",
    security === "tls"
      ? "Choose starttls with port 587 if the server speaks plainly at first, or ask its operator."
      : "Ask the operator of the server; the certificate or its key may be missing there.",
  );
}

const dayMilliseconds = 86_400_000;
const soonDays = 14;

/** Codes of Node and OpenSSL in words. */
const refusals: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "is for other names",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself, and no one vouches for it",
  SELF_SIGNED_CERT_IN_CHAIN: "is signed by an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "comes without the certificates of its issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is signed by an authority that is not trusted, or comes without its chain",
};

/** Whether a client may trust the certificate, and until when. */
export function certificateLine({ host }: AccountAccess, { tls }: Inspection, now: number): AccountLine {
  if (!tls) return unchecked("certificate", "There is none without an encrypted connection.");
  const { names, issuer, validFrom, validUntil, refusedFor } = tls;
  const until = new Date(validUntil).toISOString().slice(0, 10);
  const days = Math.floor((validUntil - now) / dayMilliseconds);
  const renew = "Ask the operator of the server to renew it, with its whole chain, and to make renewal automatic.";
  if (validUntil <= now) return fail("certificate", `It ended on ${until}.`, renew);
  if (validFrom > now)
    return fail("certificate", `It holds from ${new Date(validFrom).toISOString().slice(0, 10)} only.`, renew);
  if (refusedFor === "ERR_TLS_CERT_ALTNAME_INVALID")
    return fail(
      "certificate",
      `It is for ${names}, and not for ${host}.`,
      "Enter the host by the name in the certificate, or ask the operator for one with this name.",
    );
  if (refusedFor !== undefined)
    return fail("certificate", `It ${refusals[refusedFor] ?? `is refused (${refusedFor})`}.`, renew);
  const words = `For ${names}, from ${issuer || "an issuer without a name"}, until ${until}`;
  const left = counted(days, "day", "days");
  return days < soonDays
    ? warn("certificate", `${words}: ${left} left.`, renew)
    : pass("certificate", `${words} (${left}).`);
}
