import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";

/** Names as they really come: accents, apostrophes, several words, scripts a Latin keyboard lacks. */
const names = {
  English: {
    first: [
      "Aoife",
      "Brian",
      "Chloë",
      "Dermot",
      "Eleanor",
      "Fergus",
      "Grace",
      "Hamish",
      "Imogen",
      "Jack",
      "Niamh",
      "Zoë",
    ],
    last: [
      "O'Brien",
      "McDonald",
      "Smith-Jones",
      "D'Arcy",
      "Fitzgerald",
      "Brown",
      "Nic Dhòmhnaill",
      "Ó Súilleabháin",
      "Taylor & Sons",
    ],
    country: ["Ireland", "United Kingdom", "Canada", "Australia"],
  },
  German: {
    first: ["Jürgen", "Käthe", "Björn", "Anneliese", "Günther", "Sören", "Ülkü", "Maximilian", "Heike", "Franz-Josef"],
    last: [
      "Müller",
      "Groß",
      "von der Leyen",
      "Schäfer",
      "Weiß",
      "Öztürk",
      "Freiherr von Löwenstein",
      "Köhler",
      "Jäger",
    ],
    country: ["Germany", "Austria", "Switzerland"],
  },
  Spanish: {
    first: ["José", "María del Carmen", "Íñigo", "Begoña", "Ángel", "Lucía", "Raúl", "Núria", "Iñaki", "Sofía"],
    last: ["García Núñez", "Ibáñez", "Muñoz", "Peña", "Güell", "Fernández-Cruz", "López de Ayala", "Zúñiga", "Añón"],
    country: ["Spain", "Mexico", "Argentina", "Perú"],
  },
  French: {
    first: ["Zoé", "François", "Hélène", "Loïc", "Anaïs"],
    last: ["L'Hôpital", "Lefèvre", "D'Alembert", "Çelik", "Beaulieu"],
    country: ["France", "Belgium"],
  },
  Other: {
    first: ["Мария", "王", "さくら", "Γιώργος", "محمد", "Đặng", "Łukasz", "שרה"],
    last: ["Иванова", "小明", "田中", "Παπαδόπουλος", "الفارسي", "Thị Hồng", "Żółć", "כהן"],
    country: ["Japan", "Greece", "Poland", "Vietnam"],
  },
} as const;

type Culture = keyof typeof names;

/** Ids are nine digits, as the placeholder in registration links is, and never equal it. */
const firstId = 200_000_001;

/** Participant ids of the seeded testers. */
export const testerIds = [0, 1, 2].map((index) => String(firstId + index));

/** The number in [0, 1) that belongs to a person and a question: the same organisation at every start. */
function chance(index: number, question: number): number {
  let state = (index * 2_654_435_761 + question * 40_503 + 1) >>> 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

function pick<Item>(list: readonly Item[], index: number, question: number): Item {
  return list[Math.floor(chance(index, question) * list.length)] as Item;
}

function cultureOf(index: number): Culture {
  const draw = chance(index, 1);
  if (draw < 0.45) return "English";
  if (draw < 0.68) return "German";
  if (draw < 0.9) return "Spanish";
  return draw < 0.96 ? "French" : "Other";
}

function addressOf(first: string, last: string, index: number): string {
  const plain = `${first}.${last}`
    .normalize("NFD")
    .replace(/[^A-Za-z.]/g, "")
    // A name without Latin letters leaves its dot behind.
    .replace(/^\.+|\.+$/g, "")
    .toLowerCase();
  const name = plain.length > 2 ? plain : "member";
  const domain = pick(["example.org", "example.com", "mail.example.net"], index, 4);
  return chance(index, 5) < 0.05 ? `${name}+${index}@${domain.toUpperCase()}` : `${name}.${index}@${domain}`;
}

/** Person number `index` of the demo organisation; the first three are its testers. */
export function person(index: number): Participant {
  const culture = cultureOf(index);
  const first = pick(names[culture].first, index, 2);
  const last = pick(names[culture].last, index, 3);
  const flag = (question: number, share: number) => chance(index, question) < share;
  const tester = index < testerIds.length;
  const joined = flag(10, 0.35);
  const paysInFull = flag(17, 0.5);
  return {
    id: String(firstId + index),
    first,
    last,
    email: !tester && flag(6, 0.02) ? "" : addressOf(first, last, index),
    country: pick(names[culture].country, index, 7),
    writtenLangPref: culture === "Other" ? "English" : culture,
    practice: { newsletter: flag(8, 0.85), retreats: flag(9, 0.6) },
    ...(!tester && flag(11, 0.04) && { unsubscribe: true, unsubscribedAt: "2026-05-03T09:00:00.000Z" }),
    programs: {
      SUMMER26: {
        join: joined,
        accepted: joined && flag(12, 0.8),
        withdrawn: flag(13, 0.05),
        oath: flag(14, 0.5),
        test: tester,
        ...(joined && { offeringHistory: { main: { offeringSKU: "SUMMER-MAIN" } } }),
      },
      RETREAT26: {
        join: flag(15, 0.4),
        accepted: flag(16, 0.5),
        withdrawn: false,
        whichRetreats: { "A-week1": flag(18, 0.5), "B-week2": flag(19, 0.4) },
        offeringHistory: { week1: { installments: { deposit: { offeringAmount: paysInFull ? 900 : 100 } } } },
      },
    },
  };
}
