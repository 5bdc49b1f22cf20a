def client():
    return None


def exec_command(cmd: str) -> str:
    return cmd
