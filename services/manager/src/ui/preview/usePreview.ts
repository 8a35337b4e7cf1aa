import { isSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { useEffect, useRef } from "react";
import useSWR from "swr";
import type { FoundParticipants, Preview } from "../../api/preview.ts";
import { call } from "../http.ts";
import { type PreviewChoice, previewPath } from "./previewPath.ts";

const read = <Response>(path: string) => call<Response>("GET", path);

/**
 * The preview of a choice. `state` is what the order says of its content, "" while the order is not loaded: the preview
 * loads again when one known state follows another.
 */
export function usePreview(orderId: string, choice: PreviewChoice, state: string) {
  const preview = useSWR<Preview, Error>(previewPath(orderId, "preview", choice), read<Preview>, {
    keepPreviousData: true,
    revalidateOnFocus: false,
    shouldRetryOnError: false,
  });
  const known = useRef("");
  const { mutate } = preview;
  useEffect(() => {
    if (state === "" || state === known.current) return;
    if (known.current !== "") void mutate();
    known.current = state;
  }, [state, mutate]);
  return preview;
}

/** People by name; no request before two characters are typed. */
export function useParticipants(peoplePath: string, search: string) {
  const wanted = search.trim();
  const path = `${peoplePath}${peoplePath.includes("?") ? "&" : "?"}search=${encodeURIComponent(wanted)}`;
  return useSWR<FoundParticipants, Error>(isSearch(wanted) ? path : null, read<FoundParticipants>, {
    refreshInterval: (latest) => (latest?.reading ? 1000 : 0),
    revalidateOnFocus: false,
    shouldRetryOnError: false,
  });
}
