import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import { mediaPath } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { LinkFetcher } from "./adapters/linkFetcher.ts";

/**
 * Looks into the bucket for our own public images, and passes all other links on: the Email Manager that serves them may be
 * out of reach from here (and on loopback, in the local stack).
 */
export function withOwnMedia(
  fetcher: LinkFetcher,
  documents: Pick<Documents, "getBytes">,
  { PUBLIC_BASE_URL }: { readonly PUBLIC_BASE_URL: string },
): LinkFetcher {
  const base = PUBLIC_BASE_URL === "" ? undefined : `${PUBLIC_BASE_URL.replace(/\/+$/, "")}${mediaPath("")}`;
  return {
    async fetch(url, denied, signal) {
      if (base === undefined || !url.href.startsWith(base)) return fetcher.fetch(url, denied, signal);
      try {
        await documents.getBytes(mediaPath(url.href.slice(base.length)).slice(1), signal);
        return { kind: "responded", status: 200 };
      } catch (error) {
        if (error instanceof AppError && error.code === "not-found") return { kind: "responded", status: 404 };
        throw error;
      }
    },
  };
}
