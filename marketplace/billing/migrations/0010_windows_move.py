"""The end of a window may move; what moves it is the concern of brokerage.0008_quotes."""

from django.db import migrations

STAY = """
DROP TRIGGER terms_stay ON brokerage_reservation;
CREATE TRIGGER terms_stay BEFORE UPDATE ON brokerage_reservation FOR EACH ROW
  WHEN ((OLD.price_micro_per_gpu_hour, OLD.fee_bps, OLD.currency, {window_of_old}, OLD.gpu_count)
    IS DISTINCT FROM
    (NEW.price_micro_per_gpu_hour, NEW.fee_bps, NEW.currency, {window_of_new}, NEW.gpu_count))
  EXECUTE FUNCTION billing_terms_stay();
"""
START = STAY.format(window_of_old="lower(OLD.during)", window_of_new="lower(NEW.during)")
WINDOW = STAY.format(window_of_old="OLD.during", window_of_new="NEW.during")


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_papers"),
        ("brokerage", "0008_quotes"),
    ]

    operations = [migrations.RunSQL(START, WINDOW)]
