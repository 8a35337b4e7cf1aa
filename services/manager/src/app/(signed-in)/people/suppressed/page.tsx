import type { Metadata } from "next";
import { PeopleListPage } from "../../../../ui/people/PeopleListPage.tsx";

export const metadata: Metadata = { title: "Suppressed people" };

export default function SuppressedPage() {
  return <PeopleListPage list="suppressed" />;
}
