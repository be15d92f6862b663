"""What Stripe calls a tax registration number of each country. No Django.

Source: docs.stripe.com/billing/customer/tax-ids (supported tax ID types), for those that companies
print on invoices. A country that is missing here sends no number: its buyers are taxed like those
that gave none.
"""

import re
from typing import Final

#: EU VAT numbers; the number itself names its country
UNION: Final = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
    *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
#: each begins with the code of its country
OTHERS: Final = (
    *("ae_trn", "ar_cuit", "au_abn", "bd_bin", "bh_vat", "br_cnpj", "ca_gst_hst", "ch_vat"),
    *("cl_tin", "cn_tin", "co_nit", "eg_tin", "gb_vat", "ge_vat", "hk_br", "id_npwp", "il_vat"),
    *("in_gst", "is_vat", "jp_trn", "ke_pin", "kh_tin", "kr_brn", "kz_bin", "la_tin", "li_vat"),
    *("lk_vat", "mx_rfc", "my_sst", "ng_tin", "no_vat", "np_pan", "nz_gst", "om_vat", "pe_ruc"),
    *("ph_tin", "sa_vat", "sg_gst", "th_vat", "tr_tin", "tw_vat", "ua_vat", "us_ein", "uz_vat"),
    *("vn_tin", "za_vat"),
)
TYPES: Final = {kind[:2].upper(): kind for kind in OTHERS} | dict.fromkeys(UNION, "eu_vat")
#: written in blocks on paper, and not in Stripe
BLOCKS: Final = {"eu_vat", "gb_vat"}


def tax_id(number: str, country: str) -> dict[str, str] | None:
    """The number as Stripe takes it; None when there is none or Stripe's word is not known."""
    kind, text = TYPES.get(country), number.strip()
    if not text or kind is None:
        return None
    if kind in BLOCKS:
        text = re.sub(r"[\s.-]", "", text).upper()
    return {"type": kind, "value": text}
