import type { Participant } from "../recipients/participant.ts";
import type { CompiledMail, RenderedMail } from "../template/mail.ts";
import { RenderError } from "../template/renderError.ts";
import type { PersonalLinks } from "./personalLinks.ts";

export type Rendering =
  | { readonly rendered: RenderedMail; readonly unsubscribeUrl: string }
  | { readonly unrendered: string };

/**
 * Renders a mail for one person, with that person's links; `unrendered` says why it cannot be.
 *
 * @param now epoch milliseconds, for dates
 * @param archivePage true only on the view page
 */
export function renderFor(
  mail: CompiledMail,
  participant: Participant,
  links: PersonalLinks,
  now: number,
  archivePage = false,
): Rendering {
  try {
    const rendered = mail.render({ participant, now, ...links, archivePage });
    return { rendered, unsubscribeUrl: links.unsubscribeUrl };
  } catch (error) {
    if (error instanceof RenderError) return { unrendered: error.message };
    throw error;
  }
}
