def explain(context, error):
    return ""
