import { hasRight } from "@email-agent/shared/domain/role.ts";
import type { ReactNode } from "react";
import { theManager } from "../../../server/manager.ts";
import { peopleIndexFor } from "../../../server/people/peopleIndexes.ts";
import { pageUser } from "../../../server/signIn/pageUser.ts";
import { NoPeople } from "../../../ui/people/NoPeople.tsx";

/** The pages of People, for users with the right. Opening one begins to read people for the search. */
export default async function PeopleLayout({ children }: { readonly children: ReactNode }) {
  const user = await pageUser();
  if (!hasRight(user, "people")) return <NoPeople />;
  peopleIndexFor(theManager(), user).warm();
  return children;
}
