import type { Metadata } from "next";
import { PeopleListPage } from "../../../../ui/people/PeopleListPage.tsx";

export const metadata: Metadata = { title: "Unsubscribed people" };

export default function UnsubscribedPage() {
  return <PeopleListPage list="unsubscribed" />;
}
