"""Tools of the support team: an order book that fits on a page."""

from __future__ import annotations

_ORDERS = {"A100": "shipped", "A101": "waiting for payment"}


def order_status(order_id: str) -> str:
    """Look up the status of an order.

    Args:
        order_id: The order's number, such as A100.
    """
    return f"Order {order_id} is {_ORDERS.get(order_id, 'unknown')}."


def refund_order(order_id: str, reason: str) -> str:
    """Refund an order.

    Args:
        order_id: The order's number, such as A100.
        reason: Why the customer wants the money back.
    """
    return f"Order {order_id} is refunded ({reason})."
