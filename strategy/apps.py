from django.apps import AppConfig


class StrategyConfig(AppConfig):
    """The strategy: fields of action, measures, status reports and their evidence."""

    name = "strategy"
    verbose_name = "Strategie"

    def ready(self) -> None:
        from portal.citations import register
        from strategy.citations import StrategyCitations
        from strategy.search import register_searchables

        register(StrategyCitations())
        register_searchables()
