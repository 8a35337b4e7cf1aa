import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type DraftBody, draftBodySchema } from "./templateBodies.ts";

/**
 * A text to be shown, as the form of a frame sends it: its field `draft` is JSON. A frame cannot load what a script has, for
 * that would be bound to the policy of our own pages. Throws AppError `invalid-input`.
 */
export async function draftForm(bytes: Uint8Array, headers: Pick<Headers, "get">): Promise<DraftBody> {
  const parsed = draftBodySchema.safeParse(await fieldOf(bytes, headers.get("content-type") ?? ""));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid-input", "The request does not fit: it must be a form with the field draft.");
}

async function fieldOf(bytes: Uint8Array, type: string): Promise<unknown> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData();
    return JSON.parse(String(form.get("draft")));
  } catch {
    return undefined;
  }
}
