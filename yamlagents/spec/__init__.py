"""From YAML text to a checked, frozen spec. Loads neither the SDK, nor LiteLLM, nor user code."""
