def refund(bill: str) -> str:
    return "refunded"
