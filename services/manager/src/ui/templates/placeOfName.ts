import { type TemplatePlace, templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { Options } from "../../api/orders.ts";

export type ChosenPlace = TemplatePlace;

const noPlace: ChosenPlace = { eventCode: "", subEvent: "", stage: "", language: "" };

/** What a template is for, as far as there is a choice of one only. */
export function firstPlace({ events, languages }: Pick<Options, "events" | "languages">): ChosenPlace {
  const event = events.length === 1 ? events[0] : undefined;
  const language = languages.length === 1 ? languages[0]?.code : undefined;
  return {
    ...noPlace,
    eventCode: event?.code ?? "",
    subEvent: event?.subEvents.length === 1 ? (event.subEvents[0] ?? "") : "",
    language: language ?? "",
  };
}

/** What a file is for by its name, `SUMMER26-main-reg-EN.html`; undefined if it names nothing there is. */
export function placeOfName(file: string, { events, stages, languages }: Options): ChosenPlace | undefined {
  const name = file.replace(/\.(?:html?|zip)$/i, "");
  for (const { code: eventCode, subEvents } of events) {
    if (!name.startsWith(`${eventCode}-`)) continue;
    for (const subEvent of subEvents)
      for (const { name: stage } of stages)
        for (const { code: language } of languages) {
          const place = { eventCode, subEvent, stage, language };
          if (templateName(place) === name) return place;
        }
  }
  return undefined;
}

export function isWhole(place: ChosenPlace): boolean {
  return Object.values(place).every((part) => part !== "");
}
