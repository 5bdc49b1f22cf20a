CITIES = ["Tokyo"]


class Weather:
    pass
