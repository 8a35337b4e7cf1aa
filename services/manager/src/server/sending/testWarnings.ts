import type { GoNoGo, GoNoGoTester, Words } from "../../api/sending.ts";

/** What the last Test leaves open: no testers, testers without a mail, mails of other content. */
export function testWarnings({ test, languages }: Pick<GoNoGo, "test" | "languages">): Words[] {
  const { testers } = test;
  if (testers.length === 0) return [["This work order has no testers: no one has checked the mail."]];
  if (testers.every(({ mails }) => Object.keys(mails).length === 0))
    return [["No tester got a mail of the last Test."]];
  const found: Words[] = [];
  for (const { code } of languages) {
    const missing = testers.filter((tester) => tester.mails[code]?.status !== "sent");
    if (missing.length === testers.length) found.push([`No tester got the Test in ${code}.`]);
    else if (missing.length > 0) found.push([`${namesOf(missing)} did not get the Test in ${code}.`]);
  }
  const outdated = languages
    .filter(({ code }) => testers.some(({ mails }) => mails[code]?.outdated))
    .map(({ code }) => code);
  if (outdated.length > 0)
    found.push([`The Test showed other content than what would be sent (${outdated.join(", ")}). Run Test again.`]);
  return found;
}

const namesShown = 3;

function namesOf(testers: readonly GoNoGoTester[]): string {
  const names = testers.map(({ name }) => name);
  if (names.length <= namesShown) return new Intl.ListFormat("en").format(names);
  return `${names.slice(0, namesShown).join(", ")} and ${names.length - namesShown} more`;
}
