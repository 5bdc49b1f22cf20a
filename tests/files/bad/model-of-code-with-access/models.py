TEXT = "a model"


def make(api_key=""):
    pass
