import type { Metadata } from "next";
import { SearchPeople } from "../../../ui/people/SearchPeople.tsx";

export const metadata: Metadata = { title: "People" };

export default function PeoplePage() {
  return <SearchPeople />;
}
