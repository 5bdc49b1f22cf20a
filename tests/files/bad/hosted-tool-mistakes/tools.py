class Editor:
    pass
