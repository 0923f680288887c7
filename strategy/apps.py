from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The strategy: fields of action, measures, status reports and their evidence."""

    name = "strategy"
    verbose_name = "Strategie"
