"""The search over everything public: the apps say what there is, this package indexes, finds and shows it."""
