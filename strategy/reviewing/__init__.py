"""The place where council members review: /pruefung/."""
