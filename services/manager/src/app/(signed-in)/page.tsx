import type { Metadata } from "next";
import { OrderList } from "../../ui/orders/OrderList.tsx";

export const metadata: Metadata = { title: "Work orders" };

export default function WorkOrdersPage() {
  return <OrderList />;
}
