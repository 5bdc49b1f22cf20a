def read_only(context, tool):
    return True
