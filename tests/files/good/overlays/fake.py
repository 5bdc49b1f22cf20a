def refund(bill: str) -> str:
    return "faked"
