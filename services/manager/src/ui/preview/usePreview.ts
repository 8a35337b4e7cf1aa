import { isSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { useEffect, useRef } from "react";
import useSWR from "swr";
import type { FoundParticipants, Preview } from "../../api/preview.ts";
import { call } from "../http.ts";
import { type PreviewChoice, previewPath } from "./previewPath.ts";

const read = <Answer>(path: string) => call<Answer>("GET", path);

/**
 * The preview of a choice. `state` is what the order knows of its content, "" while the order is not there: when one
 * known state follows another it is read again.
 */
export function usePreview(orderId: string, choice: PreviewChoice, state: string) {
  const answer = useSWR<Preview, Error>(previewPath(orderId, "preview", choice), read<Preview>, {
    keepPreviousData: true,
    revalidateOnFocus: false,
    shouldRetryOnError: false,
  });
  const known = useRef("");
  const { mutate } = answer;
  useEffect(() => {
    if (state === "" || state === known.current) return;
    if (known.current !== "") void mutate();
    known.current = state;
  }, [state, mutate]);
  return answer;
}

/** People by name; nothing is asked before two characters are typed. */
export function useParticipants(orderId: string, search: string) {
  const wanted = search.trim();
  const path = `/api/work-orders/${encodeURIComponent(orderId)}/participants?search=${encodeURIComponent(wanted)}`;
  return useSWR<FoundParticipants, Error>(isSearch(wanted) ? path : null, read<FoundParticipants>, {
    revalidateOnFocus: false,
    shouldRetryOnError: false,
  });
}
