"""Who answers: models of LiteLLM, of OpenAI, of the project's own code, and fallbacks."""
