from agents.sandbox import Manifest


def files():
    return Manifest(root="/srv")


def without_patches(tools):
    pass
