import type { Metadata } from "next";
import { NewOrder } from "../../../../ui/form/NewOrder.tsx";

export const metadata: Metadata = { title: "New work order" };

export default function NewWorkOrderPage() {
  return <NewOrder />;
}
