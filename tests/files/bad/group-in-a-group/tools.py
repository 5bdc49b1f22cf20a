def get_map(city: str) -> str:
    return city


def get_road(city: str) -> str:
    return city
