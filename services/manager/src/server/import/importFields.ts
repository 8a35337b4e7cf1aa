import { programFlags } from "@email-agent/shared/domain/recipients/participant.ts";

/** What a column is imported to; `name` is also the heading of the export. */
export interface ImportField {
  readonly name: string;
  readonly kind: "id" | "address" | "language" | "text" | "flag" | "unsubscribe";
  /** Where the value is in the record of a person. */
  readonly path: readonly string[];
}

const simpleFields: readonly ImportField[] = [
  { name: "id", kind: "id", path: ["id"] },
  { name: "email", kind: "address", path: ["email"] },
  { name: "first", kind: "text", path: ["first"] },
  { name: "last", kind: "text", path: ["last"] },
  { name: "country", kind: "text", path: ["country"] },
  { name: "writtenLangPref", kind: "language", path: ["writtenLangPref"] },
  { name: "unsubscribe", kind: "unsubscribe", path: ["unsubscribe"] },
];
export const simpleFieldNames: readonly string[] = simpleFields.map(({ name }) => name);

/** Usual headings in English, German, Spanish, French, Italian, Portuguese, Dutch and Danish, as `comparable` writes them. */
const headings: Readonly<Record<string, readonly string[]>> = {
  id: ["participantid", "personid", "memberid", "teilnehmerid", "personennummer", "mitgliedsnummer", "nummer", "pid"],
  email: [
    ...["emailaddress", "mail", "mailaddress", "adresse", "emailadresse", "mailadresse", "correo", "correoelectronico"],
    ...["courriel", "adresseemail", "adressemail", "adresseelectronique", "postaelettronica", "enderecodeemail"],
    ...["direccióndecorreo", "direcciondecorreo", "indirizzoemail", "epost", "mailadres", "emailadres"],
  ],
  first: [
    ...["firstname", "givenname", "forename", "vorname", "nombre", "nombredepila", "prenom", "nome", "primeironome"],
    ...["voornaam", "fornavn"],
  ],
  last: [
    ...[
      "lastname",
      "surname",
      "familyname",
      "nachname",
      "familienname",
      "apellido",
      "apellidos",
      "nom",
      "nomdefamille",
    ],
    ...["cognome", "sobrenome", "apelido", "achternaam", "efternavn"],
  ],
  country: ["land", "pais", "pays", "paese", "nation", "nazione", "staat"],
  writtenLangPref: [
    ...["language", "preferredlanguage", "writtenlanguage", "lang", "sprache", "bevorzugtesprache", "idioma", "langue"],
    ...["lengua", "lingua", "taal", "sprog"],
  ],
  unsubscribe: ["unsubscribed", "optout", "abgemeldet", "abbestellt", "baja", "desinscrit", "desabonne", "cancellato"],
};
const byHeading = new Map(
  simpleFields.flatMap((field) =>
    [comparable(field.name), ...(headings[field.name] ?? [])].map((heading) => [heading, field.name] as const),
  ),
);

/** Letters and digits only, small, without accents. */
function comparable(heading: string): string {
  return heading
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();
}

const fieldNameLimit = 200;

/**
 * The field with this name: one of the person, `practice.<interest>` or `programs.<event>.<flag>`; undefined if there is
 * none. The names of interests and events go into statements, so they hold no quote and no control character.
 */
export function importField(name: string): ImportField | undefined {
  const simple = simpleFields.find((field) => field.name === name);
  if (simple || name.length > fieldNameLimit || /["\p{C}]/u.test(name)) return simple;
  const [, interest] = /^practice\.(.*\S.*)$/.exec(name) ?? [];
  if (interest !== undefined) return { name, kind: "flag", path: ["practice", interest] };
  const [, event, flag] = /^programs\.([A-Za-z0-9-]+)\.(\w+)$/.exec(name) ?? [];
  if (event === undefined || !programFlags.some((known) => known === flag)) return undefined;
  return { name, kind: "flag", path: ["programs", event, flag as string] };
}

/** The fields that headings name, each at most once; "" for a column that names none. */
export function fieldsByHeading(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((heading) => {
    const name = importField(heading.trim())?.name ?? byHeading.get(comparable(heading)) ?? "";
    if (name === "" || taken.has(name)) return "";
    taken.add(name);
    return name;
  });
}
