from django.db import migrations

GROUPS = ("Redaktion", "Freigabe", "Rat", "Administration")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in GROUPS:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    """The four roles of portal.roles. They stay when migrating back: accounts may be in them."""

    dependencies = [
        ("portal", "0003_roles_and_invitations"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
