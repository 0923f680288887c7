from django.apps import AppConfig


class CouncilConfig(AppConfig):
    """The council: meetings, agenda items, papers, motions, votes.

    The folder is `sessions`, the label is `council`, because django.contrib.sessions owns the label
    "sessions". On the command line `migrate sessions` therefore still means Django's own app; ours is
    `migrate council`.
    """

    name = "sessions"
    label = "council"
    verbose_name = "Rat"

    def ready(self) -> None:
        from sessions.search import register_searchables

        register_searchables()
