import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Walk, Walks } from "./attack.ts";

/** A link to the page of a person, signed with another secret, or not at all. */
const tokens: Walk = ({ foreign }) =>
  ["fp-7", "fp-8"].map((id) => {
    const payload = Buffer.from(JSON.stringify([id, mailingKey(foreign, "EN")])).toString("base64url");
    return { params: { token: `${payload}.${"A".repeat(43)}` } };
  });

/** Pages that recipients open, and the live connection. */
export const publicWalks: Walks = {
  "api/realtime/ticket": { POST: () => [{}] },
  "u/[token]": { GET: tokens, POST: tokens },
  "view/[token]": { GET: tokens },
};
