"use client";
import type { TemplatePlace } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { TemplatePreview } from "../../api/templates.ts";
import { call } from "../http.ts";

const pauseMilliseconds = 500;

/** The request of both preview routes. */
export interface Draft extends TemplatePlace {
  readonly html: string;
  readonly participant?: string;
}

export interface DraftPreview {
  /** Of the text in `of`; the last one stays until the next is there. */
  readonly made: TemplatePreview | undefined;
  readonly of: Draft | undefined;
  readonly error: unknown;
  /** The text was changed since `of`. */
  readonly isWaiting: boolean;
}

/** Findings and mail of a text, asked for again in each pause of typing. */
export function useDraftPreview(place: TemplatePlace, html: string, participant: string | undefined): DraftPreview {
  const [paused] = useDebouncedValue(html, pauseMilliseconds);
  const [state, setState] = useState<Omit<DraftPreview, "isWaiting">>({
    ...{ made: undefined, of: undefined, error: undefined },
  });
  const { eventCode, subEvent, stage, language } = place;
  useEffect(() => {
    const gone = new AbortController();
    const of: Draft = { eventCode, subEvent, stage, language, html: paused, ...(participant && { participant }) };
    call<TemplatePreview>("POST", "/api/templates/preview", of, { signal: gone.signal }).then(
      (made) => setState({ made, of, error: undefined }),
      (error) => gone.signal.aborted || setState((before) => ({ ...before, error })),
    );
    return () => gone.abort();
  }, [eventCode, subEvent, stage, language, paused, participant]);
  return { ...state, isWaiting: state.of?.html !== html };
}
