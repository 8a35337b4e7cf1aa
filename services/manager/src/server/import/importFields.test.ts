import { describe, expect, test } from "vitest";
import { fieldsByHeading, importField } from "./importFields.ts";

describe("columns are matched by their headings", () => {
  test.each([
    ["English", ["Participant ID", "E-Mail Address", "First Name", "Surname", "Country", "Language"]],
    ["German", ["Teilnehmer-ID", "E-Mail", "Vorname", "Nachname", "Land", "Sprache"]],
    ["Spanish", ["ID", "Correo electrónico", "Nombre", "Apellidos", "País", "Idioma"]],
    ["French", ["ID", "Courriel", "Prénom", "Nom", "Pays", "Langue"]],
    ["Italian", ["id", "Indirizzo email", "Nome", "Cognome", "Paese", "Lingua"]],
    ["an export", ["id", "email", "first", "last", "country", "writtenLangPref"]],
  ])("%s", (_, headings) => {
    expect(fieldsByHeading(headings)).toEqual(["id", "email", "first", "last", "country", "writtenLangPref"]);
  });

  test("interests and events by their exact names; unknown ones, and a second column of a field, are not imported", () => {
    const headings = [
      "practice.tai chi",
      "programs.E26.join",
      "programs.E26.shoe",
      "practice.",
      "email",
      "E-Mail",
      "Row",
      "Reason",
    ];
    expect(fieldsByHeading(headings)).toEqual(["practice.tai chi", "programs.E26.join", "", "", "email", "", "", ""]);
  });
});

test("a name that cannot stand in a statement is no field", () => {
  expect(importField('practice.a"b')).toBeUndefined();
  expect(importField("practice.a\nb")).toBeUndefined();
  expect(importField('programs.E"26.join')).toBeUndefined();
  expect(importField("practice.a.b")?.path).toEqual(["practice", "a.b"]);
  expect(importField("constructor")).toBeUndefined();
});
