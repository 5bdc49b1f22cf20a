STATUSES = [429]


def is_busy(context):
    return context.normalized.status_code in STATUSES


def within(seconds):
    return is_busy
