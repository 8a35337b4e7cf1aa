import type { Metadata } from "next";
import { OrderPage } from "../../../../ui/order/OrderPage.tsx";

export const metadata: Metadata = { title: "Work order" };

export default async function WorkOrderPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <OrderPage id={id} />;
}
