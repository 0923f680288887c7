"""The place where the administration works: /redaktion/."""
