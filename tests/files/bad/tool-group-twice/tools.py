def get_map(city: str) -> str:
    return city
