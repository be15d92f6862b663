"""Events that were kept with the secrets of payments are kept without."""

from django.db import migrations

#: as billing.stripe.without_secrets does it before an event is stored
STRIKE = r"""
UPDATE billing_stripeevent SET raw = convert_to(
  regexp_replace(
    regexp_replace(
      convert_from(raw, 'UTF8'), '("client_secret"\s*:\s*)"[^"]*"', '\1null', 'g'
    ),
    '(client_secret=)[^"&#\\]+', '\1', 'g'
  ), 'UTF8')
WHERE position('client_secret'::bytea IN raw) > 0
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0019_kept_workspaces")]

    operations = [migrations.RunSQL(STRIKE, migrations.RunSQL.noop)]
